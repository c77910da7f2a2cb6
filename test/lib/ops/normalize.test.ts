import { describe, expect, test } from '@jest/globals';
import { EVENT_TYPES } from '../../../lambda/domain/event/event.ts';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import type { Provider } from '../../../lambda/providers/provider.ts';
import { guessContentType, parseHeaders } from '../../../lib/ops/commands/verify/captured.ts';
import { optionsOf } from '../../../lib/ops/words/provider.ts';
import { ops, spawnOps } from '../../support/ops.ts';

const BOUNCE =
  '{"email":"Ada <Ada@Example.com>","timestamp":1777888800,"event":"bounce","type":"bounce","status":"5.1.1","reason":"550 5.1.1 no such user"}';
const OPEN = '{"email":"bob@example.com","timestamp":1777888801,"event":"open"}';

const AT = Date.UTC(2026, 4, 4, 10, 0, 0);

describe('ops normalize', () => {
  test('prints one event per line, clean, from an unsigned body', async () => {
    const { code, err, json } = await spawnOps(['normalize', 'sendgrid', '--at', '2026-05-04T10:00:09Z'], {
      input: `[${BOUNCE},\r\n${OPEN}]\r\n`,
    });
    expect([code, err]).toEqual([0, '']);
    expect(json()).toEqual([
      expect.objectContaining({
        type: 'bounced',
        bounceClass: 'hard',
        recipient: 'ada@example.com',
        source: 'sendgrid',
        occurredAt: '2026-05-04T10:00:00.000Z',
        receivedAt: '2026-05-04T10:00:09.000Z',
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      }),
      expect.objectContaining({ type: 'opened', recipient: 'bob@example.com' }),
    ]);
  });

  test.each([...PROVIDERS.values()].map(({ id }) => id))(
    '%s: reads what it posts, without headers or settings',
    async (id) => {
      const provider = PROVIDERS.get(id) as Provider<unknown>;
      const options = optionsOf(provider);
      const common = {
        recipient: 'ada@example.com',
        at: AT,
        id: 'c0ffee00',
        options,
        webhookUrl: 'https://example.com/x',
      };
      const { signingKey } = provider.generateKey();
      for (const type of EVENT_TYPES) {
        const sample = provider.sample({ type, ...common, signingKey });
        if (!sample) continue;
        const { code, err, json } = await ops(['normalize', id], { input: sample.body || (sample.query ?? '') });
        expect([type, code, err]).toEqual([type, 0, '']);
        expect(json()).toEqual([expect.objectContaining({ type, provider: id })]);
      }
    },
  );

  test('an event that is none is told by its position, the others are printed', async () => {
    const { code, err, json } = await ops(['normalize', 'sendgrid'], { input: `[${OPEN},7,${BOUNCE}]` });
    expect(code).toBe(1);
    expect(json()).toHaveLength(2);
    expect(err).toBe('Event 2 of 3: The event is not a JSON object.');
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'ada@example.com is not JSON'],
    ['no UTF-8', Buffer.from([0x5b, 0xff, 0x5d])],
    ['deep nesting', '['.repeat(100_000)],
  ])('%s is refused with a reason that quotes nothing', async (_name, input) => {
    const { code, out, err } = await ops(['normalize', 'sendgrid'], { input });
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^Not readable as a SendGrid body: The body is/);
    expect(err).not.toContain('ada@');
  });

  test('text from an event cannot steer the terminal and stays the same value', async () => {
    const agent = 'evil \u001b]0;title\u0007 \u009b31m';
    const event = { email: 'ada@example.com', timestamp: 1777888800, event: 'open', useragent: agent };
    const { out, json } = await ops(['normalize', 'sendgrid'], { input: JSON.stringify([event]) });
    expect(out.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(json()).toEqual([expect.objectContaining({ userAgent: agent })]);
  });

  test.each([
    ['[{"a":1}]', 'application/json'],
    ['\ufeff{"a":1}', 'application/json'],
    ['{"a":1}\n{"a":2}', 'application/json'],
    ['mandrill_events=%5B%5D', 'application/x-www-form-urlencoded'],
    ['data[email]=a%40b.c&type=x', 'application/x-www-form-urlencoded'],
    ['--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--xyz--', 'multipart/form-data; boundary=xyz'],
    ['', 'application/json'],
  ])('%j is taken for %s where nobody says', (body, type) => {
    expect(guessContentType(Buffer.from(body))).toBe(type);
  });

  test.each([
    ['Content-Type: application/json\r\nX-Id:  a:b \r\n\r\n'],
    ['> content-type: application/json\n> x-id: a:b\n'],
    ['{"Content-Type":"application/json","X-Id":["a:b"]}'],
    ['[["Content-Type","application/json"],["X-Id","a:b"]]'],
    ['[{"name":"content-type","value":"application/json"},{"name":"x-id","value":"a:b"}]'],
  ])('headers are read from %j', (file) => {
    expect(parseHeaders(Buffer.from(file))).toEqual({ 'content-type': 'application/json', 'x-id': 'a:b' });
  });
});
