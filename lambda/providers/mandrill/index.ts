import { randomBytes } from 'node:crypto';
import { exactOptional, pipe, strictObject, string, url } from 'valibot';
import { RefusedRequest } from '../../domain/errors.ts';
import { fields, instant, stringMap, tagList, text } from '../../domain/read.ts';
import { defineProvider } from '../provider.ts';
import { jsonEvents } from '../shared/body.ts';
import { draft } from '../shared/draft.ts';
import { formBytes } from '../shared/form/bytes.ts';
import { fromBase64, hmac, matchSecret, requiredHeader, sameBytes, UnusableSecret } from '../shared/proof/signature.ts';
import { rawFields } from '../shared/raw.ts';
import { outcome, recipientOf, syncOutcome, TYPES, visits } from './outcome.ts';
import { sampleEvent } from './samples.ts';

const SIGNATURE = 'x-mandrill-signature';
const EVENTS = 'mandrill_events';
/** Signs the test of a new URL, while the webhook has no key yet. Everybody knows it: it may carry nothing. */
const TEST_KEY = 'test-webhook';

interface MandrillOptions {
  /** The URL exactly as it stands at Mandrill, where it is not the one the stack knows (credentials, a query, a proxy before it). */
  readonly url?: string;
}

/** Mandrill (Mailchimp Transactional) webhooks: a form with a JSON array, HMAC-SHA1 over the configured URL and the form's fields. */
export const mandrill = defineProvider<MandrillOptions>({
  id: 'mandrill',
  title: 'Mandrill (Mailchimp Transactional)',
  options: strictObject({ url: exactOptional(pipe(string(), url())) }),
  secret: { form: "the webhook's key, shown in its settings once the URL was accepted" },
  keys: 'shown',
  proof: { signs: 'body', with: 'hmac' },
  emits: [
    'accepted',
    'delivered',
    'deferred',
    'bounced',
    'dropped',
    'opened',
    'clicked',
    'complained',
    'unsubscribed',
    'resubscribed',
    'inbound',
  ],
  api: { tells: 'list', load: async () => (await import('./api.ts')).api },
  clearList: 'Rejection Denylist > delete, or /rejects/delete (per subaccount).',

  // Everything but 200 is retried: no status of ours needs replacing. A new URL is tried with an unsigned HEAD.
  probe: (request) => (request.method === 'HEAD' ? { status: 200 } : undefined),

  // Nothing signed tells the time: what is replayed is taken by dedupe.
  verify(request, { secrets, options, webhookUrl }) {
    const given = fromBase64(requiredHeader(request, SIGNATURE)) ?? Buffer.alloc(0);
    const form = formPairs(request.body);
    const empty = /^\s*\[\s*\]\s*$/.test(eventsOf(form).toString('latin1'));
    const signedUrl = options.url ?? webhookUrl;
    if (signedUrl === undefined) {
      throw new RefusedRequest('cannot-verify', 'Mandrill signs the URL, which is not known here: set the option url.');
    }
    const signedWith = (key: string): boolean => sameBytes(hmac('sha1', key, signedUrl, ...signedParts(form)), given);
    if (empty && signedWith(TEST_KEY)) return { answer: { status: 200 } };
    const proof = matchSecret(
      secrets,
      (secret) => {
        if (secret === TEST_KEY) throw new UnusableSecret('a public key proves nothing');
        return signedWith(secret);
      },
      'The signature does not match. Is this the key of this webhook, and is its URL at Mandrill letter by letter the one set here?',
    );
    return empty ? { ...proof, answer: { status: 200 } } : proof;
  },

  split: (request) => ({ events: jsonEvents({ ...request, body: eventsOf(formPairs(request.body)) }) }),

  normalise(raw) {
    const event = rawFields(raw);
    const message = fields(event.msg);
    const word = text(event.event) ?? text(event.type) ?? '';
    const sync = event.event === undefined ? syncOutcome(word, event) : undefined;
    const recipient = recipientOf(event);
    return [
      draft(word, {
        type: TYPES.get(word) ?? 'unknown',
        recipient,
        occurredAt: instant(event.ts),
        messageId: text(event._id) ?? text(message._id),
        // `_id` is the mail's: all its events share it. `ts` is whole seconds, so that visits are told by their count.
        identity: [
          word,
          text(event._id) ?? text(message._id),
          text(event.ts),
          recipient,
          text(event.url),
          visits(word, message),
          ...(sync?.identity ?? []),
        ],
        ...(sync?.facts ?? outcome(word, event, message)),
        tags: tagList(message.tags),
        metadata: stringMap(message.metadata),
      }),
    ];
  },

  generateKey() {
    const secret = randomBytes(16).toString('base64url');
    return { secret, signingKey: secret };
  },

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    const given = input.body ?? JSON.stringify([event]);
    // What is copied from a log is often the JSON alone.
    const body = given.startsWith(`${EVENTS}=`) ? given : new URLSearchParams({ [EVENTS]: given }).toString();
    const signedUrl = input.options.url ?? input.webhookUrl ?? '';
    const signature = hmac('sha1', input.signingKey, signedUrl, ...signedParts(formPairs(Buffer.from(body))));
    return {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', [SIGNATURE]: signature.toString('base64') },
      body,
    };
  },
});

type Pair = readonly [name: Buffer, value: Buffer];

/** Mandrill posts one field. Others could be added in front of us, a few; they are counted before anything is decoded. */
const MAX_PAIRS = 10;

/** A form's fields as bytes, because what is signed are the decoded bytes, be they UTF-8 or not. */
function formPairs(body: Buffer): Pair[] {
  const pairs = body.toString('latin1').split('&', MAX_PAIRS + 1);
  if (pairs.length > MAX_PAIRS)
    throw new RefusedRequest('unreadable', `The body is a form of more than ${MAX_PAIRS} fields.`);
  return pairs
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals === -1
        ? [formBytes(pair), Buffer.alloc(0)]
        : [formBytes(pair.slice(0, equals)), formBytes(pair.slice(equals + 1))];
    });
}

/** Name and value of every field, by name, with nothing between them. */
const signedParts = (form: readonly Pair[]): Buffer[] => [...form].sort(([a], [b]) => Buffer.compare(a, b)).flat();

/** The JSON in the form. Twice would leave open which of them was meant. */
function eventsOf(form: readonly Pair[]): Buffer {
  const found = form.filter(([name]) => name.toString() === EVENTS);
  const [pair] = found;
  if (pair === undefined || found.length > 1)
    throw new RefusedRequest('unreadable', `The body is not a form with one field ${EVENTS}.`);
  return pair[1];
}
