import { COMPARED_API_IDS, DOMAIN_API_IDS } from '../../lambda/providers/apis.ts';
import { PROVIDERS } from '../../lambda/providers/index.ts';
import { checkSettings } from '../../lib/settings/check.ts';
import type { Settings } from '../../lib/settings/schema.ts';

/** All that the settings of a stage can switch on at a time; `limits.test.ts` holds it to the schema. */
export const EVERYTHING = {
  alarmEmails: ['ops@example.com', 'mail@example.com'],
  alarmTargets: ['https://pager.example.com/hook', 'arn:aws:lambda:eu-west-1:111122223333:function:to-chat'],
  alarms: { trafficSurge: 100_000, clickSurge: 10_000, engagementDrop: 5 },
  archive: {},
  unsubscribe: { sender: 'Example Shop', lists: { 'shop:list:weekly': 'Weekly news' } },
  capacity: { min: 50, max: 1000 },
  dashboard: true,
  console: true,
  reconcile: '1d',
  accessLog: true,
  byMessageIndex: true,
  searchKeys: ['order_id', 'user_id', 'campaign'],
  pointInTimeRecovery: true,
  runbookUrl: 'https://wiki.example.com/quell',
  customDomain: {
    name: 'hooks.example.com',
    certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d',
    hostedZone: { id: 'Z0123456789ABC', name: 'example.com' },
  },
} as const;

/** Sources with an alarm on a trickle, each of which is one more resource of 500. */
const CLOSELY = 4;

/** Settings of so many sources, of every provider in turn, with all that the settings can switch on. */
export function manySources(count: number): Settings {
  const ids = [...PROVIDERS.keys()];
  const source = (n: number): [string, { provider: string }] => {
    const provider = ids[n % ids.length] ?? '';
    const ses =
      provider === 'ses' ? { via: ['https', 'sns-queue', 'eventbridge'][Math.floor(n / ids.length) % 3] } : {};
    const topic = provider === 'ses' && ses.via !== 'eventbridge' ? { createTopic: true } : {};
    const sets = ses.via === 'eventbridge' ? { configurationSets: [`set-${n}`] } : {};
    const options = provider === 'ses' ? {} : PROVIDERS.get(provider)?.minimalOptions;
    const watched = n < CLOSELY ? { expectAtLeast: 10 } : {};
    const api = DOMAIN_API_IDS.includes(provider) ? { api: { domain: 'mail.example.com' } } : {};
    return [`source-${n}`, { provider, ...watched, ...api, ...options, ...ses, ...topic, ...sets }];
  };
  const named = Array.from({ length: count }, (_none, n) => source(n));
  const compared = named.some(([, { provider }]) => COMPARED_API_IDS.includes(provider));
  const { reconcile, ...others } = EVERYTHING;
  const checked = checkSettings(
    { ...others, ...(compared && { reconcile }), sources: Object.fromEntries(named) },
    'production',
  );
  if ('settings' in checked) return checked.settings;
  throw new Error(JSON.stringify(checked.mistakes));
}
