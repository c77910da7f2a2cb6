import { PROVIDERS } from '../../lambda/providers/index.ts';
import { checkSettings } from '../../lib/settings/check.ts';
import type { Settings } from '../../lib/settings/schema.ts';

/** Sources with an alarm on a trickle, each of which is one more resource of 500. */
const CLOSELY = 4;

/** Settings of so many sources, of every provider in turn, with all that the settings can switch on. */
export function manySources(count: number): Settings {
  const ids = [...PROVIDERS.keys()];
  const source = (n: number): [string, object] => {
    const provider = ids[n % ids.length] ?? '';
    const ses =
      provider === 'ses' ? { via: ['https', 'sns-queue', 'eventbridge'][Math.floor(n / ids.length) % 3] } : {};
    const topic = provider === 'ses' && ses.via !== 'eventbridge' ? { createTopic: true } : {};
    const sets = ses.via === 'eventbridge' ? { configurationSets: [`set-${n}`] } : {};
    const options = provider === 'ses' ? {} : PROVIDERS.get(provider)?.minimalOptions;
    const watched = n < CLOSELY ? { expectAtLeast: 10 } : {};
    return [`source-${n}`, { provider, ...watched, ...options, ...ses, ...topic, ...sets }];
  };
  const checked = checkSettings(
    {
      sources: Object.fromEntries(Array.from({ length: count }, (_none, n) => source(n))),
      alarmEmails: ['ops@example.com'],
      alarmTargets: ['https://pager.example.com/hook', 'arn:aws:lambda:eu-west-1:111122223333:function:to-chat'],
      alarms: { trafficSurge: 100_000, clickSurge: 10_000, engagementDrop: 5 },
      archive: {},
      unsubscribe: {},
      capacity: { min: 50, max: 1000 },
      dashboard: true,
      accessLog: true,
      byMessageIndex: true,
      customDomain: {
        name: 'hooks.example.com',
        certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d',
        hostedZone: { id: 'Z0123456789ABC', name: 'example.com' },
      },
    },
    'production',
  );
  if ('settings' in checked) return checked.settings;
  throw new Error(JSON.stringify(checked.mistakes));
}
