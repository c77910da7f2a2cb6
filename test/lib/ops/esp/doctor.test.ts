import { describe, expect, test } from '@jest/globals';
import { API_IDS, apiOf, EVENT_API_IDS } from '../../../../lambda/providers/apis.ts';
import { examineComparison } from '../../../../lib/ops/commands/doctor/checks/comparison.ts';
import { examineSource } from '../../../../lib/ops/commands/doctor/checks/source.ts';
import type { Target } from '../../../../lib/ops/target/target.ts';

const NOW = Date.parse('2026-05-04T12:00:00Z');
const HOUR = 3_600_000;
const examine = (provider: string, traffic: Parameters<typeof examineSource>[0]['traffic']) =>
  examineSource({
    name: 'shop',
    source: { provider, url: 'https://hooks.example.com/webhooks/v1/shop', expectEvery: 60 },
    secrets: 1,
    traffic,
    now: NOW,
    local: false,
  });
const refused = { at: NOW - 1000, reason: 'bad-proof', count: 12 };

test.each(['sparkpost', 'mailgun', 'sendgrid', 'postmark'])(
  '%s, silent or refused since then: catch-up from then on is proposed',
  (id) => {
    for (const traffic of [{ storedAt: NOW - 5 * HOUR }, { storedAt: NOW - 5 * HOUR, refused }]) {
      expect(examine(id, traffic)).toContainEqual(
        expect.objectContaining({
          level: 'note',
          code: 'catch-up',
          says: expect.stringContaining('ops catch-up shop --from 2026-05-04T07:00:00.000Z --dry-run'),
        }),
      );
    }
  },
);

test('nothing is proposed where all is well, where nothing ever came, or where the ESP tells no events', () => {
  for (const found of [
    examine('mailgun', { storedAt: NOW - 1000 }),
    examine('mailgun', { refused }),
    examine('resend', { storedAt: NOW - 5 * HOUR }),
  ])
    expect(found.map(({ code }) => code)).not.toContain('catch-up');
});

describe('the scheduled comparison', () => {
  const sources = { shop: 'sendgrid', own: 'ses', news: 'mailjet', mute: 'mailgun' } as const;
  const target = (names: object): Target =>
    ({
      kind: 'deployed',
      names: {
        apiKeysArn: 'x',
        sources: new Map(
          Object.entries(sources).map(([name, provider]) => [
            name,
            { provider, url: '', options: {}, ...(name === 'mute' && { api: { reconcile: false } }) },
          ]),
        ),
        ...names,
      },
    }) as unknown as Target;
  const told = (names: object, keys?: ReadonlyMap<string, string>) =>
    examineComparison(target(names), keys).map(({ level, code, about, fix }) => [level, code, about, fix]);

  test('names each key that is missing and each source that it cannot see; what was left out on purpose is not told', () => {
    const blind = ['note', 'not-compared', 'news', undefined];
    expect(told({}, new Map())).toEqual([
      ['fault', 'api-key-missing', 'shop', 'ops secrets set shop --api-key'],
      blind,
    ]);
    expect(told({}, new Map([['shop', 'SG.x']]))).toEqual([['ok', 'api-key', 'shop', undefined], blind]);
    expect(told({})).toEqual([blind]);
    expect(told({ apiKeysArn: undefined }, new Map())).toEqual([]);
  });

  test('what is not known of the settings is no fault', () => {
    const names = { sources: new Map([['shop', { provider: 'sendgrid', url: '' }]]) };
    expect(told(names, new Map())).toEqual([['note', 'api-key-missing', 'shop', undefined]]);
  });
});

test('who is said to tell events does', async () => {
  const telling = await Promise.all(API_IDS.map(async (id) => ((await apiOf(id))?.events ? [id] : [])));
  expect(telling.flat().sort()).toEqual([...EVENT_API_IDS].sort());
});
