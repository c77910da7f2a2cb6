import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { normalisedEvent } from '../lambda/domain/event/normalised.ts';
import { PROVIDERS } from '../lambda/providers/index.ts';
import type { WebhookRequest } from '../lambda/providers/provider.ts';
import { checkSettings } from '../lib/settings/check.ts';
import { arrival } from './support/providers/contract.ts';

/** Every recipe of docs/providers/other.md: its settings through the check of the settings, its body through proof and mapping. */

const NOW = Date.UTC(2026, 4, 4, 10, 0, 1);
const SECONDS = String(NOW / 1000);
const SECRET = `whsec_${'0123456789abcdef'.repeat(4)}`;
const PASSWORD = 'quell:a-password-of-24-letters';
const KEY_HEADER = 'header:X-Quell-Key:a-password-of-24-letters';

const sections = readFileSync('docs/providers/other.md', 'utf8')
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const [heading = ''] = section.split('\n', 1);
    const blocks = (language: string) =>
      [...section.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, code = '']) => code);
    return { heading, json: blocks('json'), js: blocks('js') };
  });
const recipes = sections.filter(({ heading }) => heading !== 'Not confirmed');

/** How each sender proves itself, by what it documents, and what its sample must come to. */
const SENDERS: Readonly<
  Record<string, { secret: string; headers: (body: string) => Record<string, string>; event: object }>
> = {
  Emailit: {
    secret: SECRET,
    headers: (body) => ({
      'x-emailit-timestamp': SECONDS,
      'x-emailit-signature': hex(SECRET, `${SECONDS}.${body}`),
    }),
    event: { type: 'bounced', bounceClass: 'undetermined', messageId: 'em_1', metadata: { campaign: 'welcome' } },
  },
  AhaSend: {
    secret: SECRET,
    headers: (body) => ({
      'webhook-id': 'evt_1',
      'webhook-timestamp': SECONDS,
      'webhook-signature': `v1,${createHmac('sha256', SECRET).update(`evt_1.${SECONDS}.${body}`).digest('base64')}`,
    }),
    event: { type: 'bounced', bounceClass: 'hard', messageId: 'msg_1' },
  },
  useSend: {
    secret: SECRET,
    headers: (body) => ({
      'x-usesend-timestamp': String(NOW),
      'x-usesend-signature': `v1=${hex(SECRET, `${NOW}.${body}`)}`,
    }),
    event: { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox', messageId: 'email_1' },
  },
  'Cloudflare Email Service': {
    secret: SECRET,
    headers: (body) => ({ 'x-webhook-signature': hex(SECRET, body) }),
    event: {
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      messageId: 'message-1',
      providerEventId: 'event-1',
    },
  },
  'Tencent Cloud SES': {
    secret: PASSWORD,
    headers: () => ({ authorization: `Basic ${Buffer.from(PASSWORD).toString('base64')}` }),
    event: { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox', smtpStatus: '5.1.1' },
  },
  'Whoever lets you write the request': {
    secret: KEY_HEADER,
    headers: () => ({ 'x-quell-key': 'a-password-of-24-letters' }),
    event: { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox', messageId: 'message-1' },
  },
};

const hex = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('hex');

function sourceOf(settings: string) {
  const checked = checkSettings({ sources: { sender: JSON.parse(settings) } }, 'test');
  if (!('settings' in checked)) throw new Error(JSON.stringify(checked.mistakes));
  const source = checked.settings.sources.sender;
  const provider = PROVIDERS.get(source?.provider ?? '');
  if (!source || !provider) throw new Error('no source');
  return { provider, options: source.options };
}

test('each recipe has settings, a body and a proof; none is left out', () => {
  expect(recipes.map(({ heading }) => heading)).toEqual(Object.keys(SENDERS));
  for (const { json } of recipes) expect(json).toHaveLength(2);
});

describe.each(recipes)('$heading', ({ heading, json: [settings = '', body = ''], js: [worker] }) => {
  const { secret, headers, event } = SENDERS[heading] as (typeof SENDERS)[string];
  const { provider, options } = sourceOf(settings);
  const verify = (request: WebhookRequest) =>
    Promise.resolve().then(() =>
      provider.verify(request, {
        secrets: [secret],
        options,
        now: NOW,
        fetchText: () => Promise.reject(new Error('no fetch')),
      }),
    );
  const request = (over: Partial<WebhookRequest> = {}): WebhookRequest => ({
    method: 'POST',
    query: '',
    headers: { 'content-type': 'application/json', ...headers(body) },
    body: Buffer.from(body),
    ...over,
  });

  test('a genuine request is proven, another one is refused', async () => {
    await expect(verify(request())).resolves.toEqual({ secretIndex: 0 });
    await expect(verify(request({ headers: {} }))).rejects.toMatchObject({ status: 401 });
    const forged = Object.fromEntries(
      Object.entries(headers(body)).map(([name, value]) => [name, `${value.slice(0, -6)}zzz${value.slice(-3)}`]),
    );
    await expect(verify(request({ headers: forged }))).rejects.toThrow();
  });

  test('its sample is read as what it says', () => {
    const { events, meta = {} } = provider.split(request(), options);
    const drafts = events.flatMap((raw) => provider.normalise(raw, { options, meta }));
    expect(drafts).toHaveLength(1);
    const [draft] = drafts;
    if (!draft) throw new Error('no draft');
    expect(normalisedEvent(draft, arrival(provider.id))).toMatchObject({
      recipient: 'ada@example.com',
      occurredAt: expect.stringMatching(/^2026-05-04T10:00:00/),
      ...event,
    });
  });

  test('every word that the settings name is one of the vocabulary, and the others are read as usual', () => {
    const { types = {} } = JSON.parse(settings) as { types?: Record<string, string | { type: string }> };
    const base = JSON.parse(body) as object;
    for (const [word, means] of Object.entries(types)) {
      const raw = JSON.stringify({ ...base, type: word });
      const [draft] = provider.normalise(raw, { options, meta: {} });
      expect(draft?.type).toBe(typeof means === 'string' ? means : means.type);
    }
  });

  if (worker !== undefined) {
    const fetched = globalThis.fetch;
    afterEach(() => {
      globalThis.fetch = fetched;
    });

    test.each([
      [200, 'acked'],
      [503, 'retried'],
    ])('its Worker signs what the queue holds; answered %i the batch is %s', async (status, becomes) => {
      const { default: consumer } = await import(`data:text/javascript,${encodeURIComponent(worker)}`);
      let sent: Request | undefined;
      globalThis.fetch = async (url, init) => {
        sent = new Request(url as string, init);
        return new Response('', { status });
      };
      const done: string[] = [];
      const batch = {
        messages: [{ body: JSON.parse(body) }, { body: JSON.parse(body) }],
        ackAll: () => done.push('acked'),
        retryAll: () => done.push('retried'),
      };
      await consumer.queue(batch, { QUELL_URL: 'https://example.com/webhooks/v1/cloudflare', QUELL_SECRET: secret });
      expect(done).toEqual([becomes]);
      const posted = request({
        headers: Object.fromEntries(sent?.headers ?? []),
        body: Buffer.from((await sent?.text()) ?? ''),
      });
      await expect(verify(posted)).resolves.toEqual({ secretIndex: 0 });
      expect(provider.split(posted, options).events).toHaveLength(2);
    });
  }
});
