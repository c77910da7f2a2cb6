import { describe, expect, test } from '@jest/globals';
import type { PolicyConfig } from '../../../../lambda/contract/config.ts';
import { interpreter } from '../../../../lambda/domain/interpret.ts';
import { judge } from '../../../../lambda/domain/suppression/policy.ts';
import { mailgun } from '../../../../lambda/providers/mailgun/index.ts';
import { sendgrid } from '../../../../lambda/providers/sendgrid/index.ts';
import { decide } from '../../../../lib/ops/commands/import/decide.ts';
import { FORMATS } from '../../../../lib/ops/commands/import/formats.ts';
import { DEFAULT_POLICY } from '../../../../lib/settings/policy.ts';
import { REPLIES } from '../../../lambda/domain/failure/replies.ts';

/** One fact, by webhook and in an imported list: the same class, the same reason, the same end. */

const AT = Date.UTC(2026, 4, 4, 10);
const TIME = new Date(AT).toISOString();
const ADA = 'ada@example.com';
const POLICIES: Readonly<Record<string, PolicyConfig>> = {
  'by default': DEFAULT_POLICY,
  'with 30 and 7 days': { ...DEFAULT_POLICY, hardBounce: 30, otherPermanent: 7 },
  'with the unconfirmed switched off': { ...DEFAULT_POLICY, otherPermanent: 0 },
};

interface Quoted {
  readonly code?: number | undefined;
  readonly status?: string | undefined;
  readonly text?: string | undefined;
}

const WAYS = {
  sendgrid: {
    provider: sendgrid,
    posted: ({ status, text }: Quoted) =>
      JSON.stringify({ event: 'bounce', type: 'bounce', email: ADA, timestamp: AT / 1000, status, reason: text }),
    line: ({ status, text }: Quoted) => ({ email: ADA, created: String(AT / 1000), status, reason: text }),
    defaults: { reason: 'hard_bounce' as const },
  },
  mailgun: {
    provider: mailgun,
    posted: ({ code, text }: Quoted) =>
      JSON.stringify({
        'event-data': {
          event: 'failed',
          severity: 'permanent',
          reason: 'bounce',
          recipient: ADA,
          timestamp: AT / 1000,
          'delivery-status': { code, message: text },
        },
      }),
    line: ({ code, text }: Quoted) => ({ address: ADA, code: String(code ?? ''), error: text, createdat: TIME }),
    defaults: {},
  },
};

describe.each(Object.entries(WAYS))('%s', (name, { provider, posted, line, defaults }) => {
  test.each(Object.entries(POLICIES))('every reply of the table, %s', (_policy, policy) => {
    const format = FORMATS.get(name);
    if (!format) throw new Error('no such format');
    const read = interpreter(name, { provider, options: {} as never });
    const byWebhook: unknown[] = [];
    const byList: unknown[] = [];
    for (const { reply } of REPLIES) {
      const text = reply.text ?? '';
      // Mailgun's list has a code in every line.
      const quoted: Quoted = { ...reply, text, code: reply.code ?? Number(/^[45]\d\d/.exec(text)?.[0] ?? 550) };
      if (text === '') continue;
      const meaning = read(posted(quoted), {}, { receivedAt: TIME });
      const [event] = 'poison' in meaning ? [] : meaning.events;
      if (!event) throw new Error('not read');
      const webhook = judge(event, policy);
      const cells = new Map(Object.entries(line(quoted)).map(([key, value]) => [key, value ?? '']));
      const listed = decide(format, cells, defaults, TIME, { policy, asListed: false, now: AT + 1000 });
      const { reason, mark } = webhook.judgement ?? {};
      byWebhook.push([text, event.bounceClass, reason, mark?.until, webhook.spared]);
      byList.push([text, listed?.bounceClass, listed?.decision?.reason, listed?.decision?.until, listed?.spared]);
    }
    expect(byList).toEqual(byWebhook);
    expect(byList.length).toBeGreaterThan(100);
  });
});

test('as it is listed: every line for what the list says', () => {
  const format = FORMATS.get('sendgrid');
  const cells = new Map([
    ['email', ADA],
    ['created', String(AT / 1000)],
    ['reason', '550 5.7.1 blocked, see spamhaus'],
  ]);
  const judging = { policy: { ...DEFAULT_POLICY, hardBounce: 30 }, now: AT + 1000 };
  if (!format) throw new Error('no such format');
  const read = (asListed: boolean) => decide(format, cells, { reason: 'hard_bounce' }, TIME, { ...judging, asListed });
  expect(read(false)).toMatchObject({ spared: 'sender-side', bounceClass: 'block' });
  expect(read(true)?.decision).toMatchObject({ act: 'suppress', reason: 'hard_bounce', until: 253402300799 });
});
