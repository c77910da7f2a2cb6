import { checkSettings } from '../../../lib/settings/check.ts';
import type { Settings, SourceSettings } from '../../../lib/settings/schema.ts';
import { EVERYTHING } from '../many-sources.ts';

/** Settings with one SendGrid source, changed by `document`. */
export function settingsOf(document: Record<string, unknown> = {}): Settings {
  const checked = checkSettings({ sources: { sendgrid: { provider: 'sendgrid' } }, ...document }, 'test');
  if ('settings' in checked) return checked.settings;
  throw new Error(JSON.stringify(checked.mistakes));
}

/** One source more, past the check. */
export const withSource = (settings: Settings, name: string, source: Partial<SourceSettings>): Settings => ({
  ...settings,
  sources: { ...settings.sources, [name]: { provider: 'sendgrid', expectEvery: 1440, options: {}, ...source } },
});

/** Sources as the settings file has them. */
export type Sources = Readonly<Record<string, { readonly provider: string; readonly [option: string]: unknown }>>;

/**
 * These sources, and one of each usual provider that they lack. What functions run depends on the providers alone, and bundling it is most of
 * a stack's start: suites with the same providers share it.
 */
export function amongUsual(sources: Sources): Sources {
  const used = new Set(Object.values(sources).map(({ provider }) => provider));
  const lacking = ['generic', 'mailgun', 'resend', 'sendgrid', 'ses'].filter((provider) => !used.has(provider));
  const beside = lacking.map((provider) => [
    `${provider}-beside`,
    { provider, ...(provider === 'ses' && { topicArns: ['arn:aws:sns:eu-west-1:111122223333:beside'] }) },
  ]);
  return { ...sources, ...Object.fromEntries(beside) };
}

/** Settings that between them switch on everything the stack can make. */
export const VARIANTS = {
  smallest: settingsOf(),
  everything: withSource(settingsOf({ ...EVERYTHING, pointInTimeRecovery: false }), 'ses-main', {
    provider: 'ses',
    expectAtLeast: 100,
    options: { createTopic: true, topicArns: ['arn:aws:sns:eu-west-1:111122223333:older'] },
  }),
  /** SES by EventBridge and by a queue, and the archive: every queue there is. */
  fed: settingsOf({
    archive: {},
    sources: {
      ses: { provider: 'ses', via: 'eventbridge', configurationSets: ['marketing'] },
      queued: { provider: 'ses', via: 'sns-queue', createTopic: true },
    },
  }),
  attached: settingsOf({
    existingTables: {
      events: 'old-events',
      suppression: 'arn:aws:dynamodb:eu-west-1:111122223333:table/old-list',
      eventsStream: 'arn:aws:dynamodb:eu-west-1:111122223333:table/old-events/stream/2026-01-01T00:00:00.000',
      suppressionStream: 'arn:aws:dynamodb:eu-west-1:111122223333:table/old-list/stream/2026-01-01T00:00:00.000',
    },
  }),
} satisfies Record<string, Settings>;
