import { checkSettings } from '../../../lib/settings/check.ts';
import type { Settings, SourceSettings } from '../../../lib/settings/schema.ts';

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

/** Settings that between them switch on everything the stack can make. */
export const VARIANTS = {
  smallest: settingsOf(),
  everything: withSource(
    settingsOf({
      alarmEmails: ['ops@example.com', 'mail@example.com'],
      alarmTargets: ['https://pager.example.com/hook', 'arn:aws:lambda:eu-west-1:111122223333:function:to-chat'],
      alarms: { trafficSurge: 100_000, clickSurge: 10_000, engagementDrop: 5 },
      dashboard: true,
      console: true,
      archive: {},
      reconcile: '1d',
      accessLog: true,
      capacity: { min: 50, max: 1000 },
      byMessageIndex: true,
      pointInTimeRecovery: false,
      runbookUrl: 'https://wiki.example.com/quell',
      unsubscribe: { sender: 'Example Shop', lists: { 'shop:list:weekly': 'Weekly news' } },
      customDomain: {
        name: 'hooks.example.com',
        certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d',
        hostedZone: { id: 'Z0123456789ABC', name: 'example.com' },
      },
    }),
    'ses-main',
    {
      provider: 'ses',
      expectAtLeast: 100,
      options: { createTopic: true, topicArns: ['arn:aws:sns:eu-west-1:111122223333:older'] },
    },
  ),
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
