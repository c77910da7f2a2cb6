import { gzipSync } from 'node:zlib';
import type { Genuine, Posted } from './genuine.ts';
import type { Random } from './random.ts';

/** Each takes a genuine request and another one, and changes something that somebody without the key can change. */
export type Mutation = (from: Genuine, other: Genuine, random: Random) => Posted;

const withBody = (from: Genuine, body: Buffer): Posted => ({ ...from, body });
const withHeader = (from: Genuine, name: string, value: string): Posted =>
  from.headers[name] === value ? from : { ...from, headers: { ...from.headers, [name]: value } };
/** Where in a body, or in two. */
const cut = (random: Random, body: Buffer): number => random.below(body.length + 1);
const DEEP = 300_000;
const MEBIBYTE = 1024 * 1024;

const BODIES: readonly Mutation[] = [
  // One bit.
  (from, _other, random) => {
    const body = Buffer.from(from.body);
    const at = random.below(Math.max(1, body.length));
    body[at] = (body[at] ?? 0) ^ (1 << random.below(8));
    return withBody(from, body);
  },
  // Some bytes.
  (from, _other, random) => {
    const at = cut(random, from.body);
    const gone = from.body.subarray(at + random.below(30));
    return withBody(from, Buffer.concat([from.body.subarray(0, at), random.bytes(1 + random.below(20)), gone]));
  },
  (from, _other, random) => withBody(from, from.body.subarray(0, cut(random, from.body))),
  (from, _other, random) => withBody(from, from.body.subarray(cut(random, from.body))),
  (from, _other, random) => withBody(from, Buffer.concat([from.body, random.bytes(1 + random.below(40))])),
  (from, _other, random) =>
    withBody(from, Buffer.concat([from.body, Buffer.from(random.pick([' ', '\n', '\0', '\u2028', ',{}', '&a=b']))])),
  (from) => withBody(from, Buffer.concat([Buffer.from('\ufeff'), from.body])),
  (from) => withBody(from, Buffer.concat([from.body, Buffer.from([0xff, 0xfe])])),
  // A piece of it twice, or of another request.
  (from, _other, random) => {
    const [a, b] = [cut(random, from.body), cut(random, from.body)].sort((x, y) => x - y) as [number, number];
    return withBody(from, Buffer.concat([from.body.subarray(0, b), from.body.subarray(a)]));
  },
  (from, other, random) => {
    const at = cut(random, from.body);
    return withBody(from, Buffer.concat([from.body.subarray(0, at), other.body.subarray(cut(random, other.body))]));
  },
  (from, other) => withBody(from, other.body),
  (from, other) => withBody(from, Buffer.from(`[${from.body},${other.body}]`)),
  (from) => withBody(from, Buffer.alloc(0)),
  // What somebody would want: another person, another kind, another time.
  (from, _other, random) =>
    withBody(from, Buffer.from(from.body.toString().replaceAll(/marker-ada(@|%40)/g, random.pick(['eve$1', 'x$1'])))),
  (from, _other, random) =>
    withBody(
      from,
      Buffer.from(
        from.body.toString().replace(/bounce|deliver|open|click/i, random.pick(['complaint', 'spam', 'unsubscribe'])),
      ),
    ),
  (from, _other, random) =>
    withBody(from, Buffer.from(from.body.toString().replace(/\d{10}/, String(1_700_000_000 + random.below(2e8))))),
  // The same again in other letters.
  (from) =>
    withBody(
      from,
      Buffer.from(from.body.toString().replace(/[a-z]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)),
    ),
  (from) =>
    withBody(from, Buffer.from(from.body.toString().replace('{', '{"email":"eve@example.com","event":"bounce",'))),
  (from) =>
    withBody(
      from,
      Buffer.from(from.body.toString().replace(/}([^}]*)$/, ',"__proto__":{"proven":true},"event":"bounce"}$1')),
    ),
  (from) => withBody(from, Buffer.from(encodeURIComponent(from.body.toString()))),
  (from) => withBody(from, gzipSync(from.body)),
  // The proof inside.
  (from, _other, random) =>
    withBody(
      from,
      Buffer.from(
        from.body
          .toString()
          .replace(/[0-9a-f]{32,}/, (hex) =>
            random.pick(['', hex.slice(1), hex.toUpperCase(), hex.replace(/./, '0'), '0'.repeat(hex.length)]),
          ),
      ),
    ),
  (from, _other, random) =>
    withBody(
      from,
      Buffer.from(
        from.body
          .toString()
          .replace(
            /SimpleNotificationService-[0-9a-f]+|[a-z0-9.-]+\.amazonaws\.com|sns\.mnq[a-z.-]*/,
            random.pick([
              'SimpleNotificationService-1',
              'sns.us-east-1.example.com',
              'sns.eu-west-1.amazonaws.com',
              '127.0.0.1',
            ]),
          ),
      ),
    ),
];

/** What these say, no ESP proves. */
const PLAIN_HEADER = /^(content-type|aeg-.*|x-amz-sns-.*|.*-event)$/;
const proofHeaders = ({ headers }: Genuine): string[] =>
  Object.keys(headers).filter((name) => !PLAIN_HEADER.test(name));

/** Mostly one that carries the proof. */
function pickHeader(from: Genuine, random: Random): string {
  const proof = proofHeaders(from);
  return random.pick(proof.length === 0 || random.below(10) === 0 ? Object.keys(from.headers) : proof);
}

const HEADERS: readonly Mutation[] = [
  (from, _other, random) => {
    const name = pickHeader(from, random);
    const { [name]: _gone, ...headers } = from.headers;
    return { ...from, headers };
  },
  (from, _other, random) => {
    const name = pickHeader(from, random);
    const value = from.headers[name] ?? '';
    const at = random.below(value.length + 1);
    const by = random.pick(['', '0', 'A', '=', ',', ' ', 'é', '%', '\u0000', '/']);
    return withHeader(from, name, value.slice(0, at) + by + value.slice(at + 1));
  },
  (from, _other, random) =>
    withHeader(
      from,
      pickHeader(from, random),
      random.pick(['', ' ', 'x', '0'.repeat(64), 'v1,', 't=,v1=', 'Basic ', 'Bearer ', 'undefined', 'A'.repeat(8000)]),
    ),
  // Twice, as a gateway joins them.
  (from, _other, random) => {
    const name = pickHeader(from, random);
    return withHeader(
      from,
      name,
      `${random.pick(['x', '0'.repeat(64), from.headers[name] ?? ''])},${from.headers[name]}`,
    );
  },
  (from, other, random) => {
    const name = pickHeader(from, random);
    return withHeader(from, name, other.headers[name] ?? '');
  },
  (from, _other, random) => withHeader(from, pickHeader(from, random), random.bytes(24).toString('base64')),
  (from, _other, random) => withHeader(from, pickHeader(from, random), random.bytes(32).toString('hex')),
  (from, _other, random) =>
    withHeader(from, pickHeader(from, random), String(Math.floor(Date.now() / 1000) - random.below(1e6))),
  (from, other) => ({ ...from, headers: other.headers }),
  (from) => ({ ...from, headers: {} }),
];

const OTHERS: readonly Mutation[] = [
  (from, _other, random) => ({
    ...from,
    method: random.pick(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'post']),
  }),
  (from) => ({ ...from, method: 'GET', query: from.body.toString('latin1').slice(0, 4000), body: Buffer.alloc(0) }),
  // Everything of one source at another: no key of theirs.
  (from, other) => ({ ...from, source: other.source }),
];

/** Beside what any ESP proves: most of these are taken, and rightly. */
const BESIDE: readonly Mutation[] = [
  (from, _other, random) => ({
    ...from,
    query: random.pick(['secret=x', `${from.query}&${from.query}x`, `a=${'b'.repeat(5000)}`, from.query.slice(1), '%']),
  }),
  (from, _other, random) =>
    withHeader(
      from,
      'content-type',
      random.pick(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain', '']),
    ),
  // What the gateway says of the body's form is no part of the proof.
  (from) => ({ ...from, base64: !from.base64 }),
];

/** Costly ones, and rare: bodies near what is taken at most, and beyond. */
export const HUGE: readonly Mutation[] = [
  (from) => withBody(from, Buffer.concat([from.body, Buffer.alloc(4 * MEBIBYTE, ' ')])),
  (from) => withBody(from, Buffer.alloc(4 * MEBIBYTE - 1, from.body.length > 0 ? from.body : '{')),
  (from) => withBody(from, Buffer.alloc(5 * MEBIBYTE, '{"a":')),
  (from) => withBody(from, Buffer.from('['.repeat(DEEP))),
  (from) => withBody(from, Buffer.from(`${from.body}${'&a'.repeat(64_000)}`)),
  (from) => withBody(from, Buffer.from(`[${'{},'.repeat(MEBIBYTE)}{}]`)),
  (from) => withBody(from, Buffer.alloc(3 * MEBIBYTE, '"\\')),
  (from) => withHeader(from, 'x-long', 'x'.repeat(MEBIBYTE)),
];

const FORGING = {
  both: [...BODIES, ...HEADERS, ...OTHERS],
  body: [...BODIES, ...OTHERS],
  headers: [...HEADERS, ...OTHERS],
};
const ALL: readonly Mutation[] = [...FORGING.both, ...BESIDE];
const BESIDE_EVERY = 20;

/** Most of what is tried is about the proof, wherever it stands: in the body, in headers, or (a secret that is repeated) in headers alone. */
function mutationsOf(from: Genuine, random: Random): readonly Mutation[] {
  if (random.below(BESIDE_EVERY) === 0) return ALL;
  if (from.origin.signs === 'nothing') return FORGING.headers;
  return proofHeaders(from).length === 0 ? FORGING.body : FORGING.both;
}

/** A mutation that finds nothing to change in this request says nothing: another one is drawn. */
export function mutated(from: Genuine, other: Genuine, random: Random): { posted: Posted; kind: number } {
  const list = mutationsOf(from, random);
  for (;;) {
    const mutation = random.pick(list);
    const posted = mutation(from, other, random);
    if (!isSame(from, posted)) return { posted, kind: ALL.indexOf(mutation) };
  }
}

/** Each of a few in its turn. */
export function inTurn(few: readonly Mutation[], turn: number, from: Genuine, other: Genuine, random: Random) {
  const kind = turn % few.length;
  return { posted: (few[kind] as Mutation)(from, other, random), kind };
}

const isSame = (from: Posted, posted: Posted): boolean =>
  posted.headers === from.headers &&
  posted.source === from.source &&
  posted.method === from.method &&
  posted.query === from.query &&
  posted.base64 === from.base64 &&
  posted.body.equals(from.body);

/** Nothing that is signed is touched: these must be taken. */
export const HARMLESS: readonly Mutation[] = [
  (from) => from,
  (from) => ({ ...from, headers: Object.fromEntries(Object.entries(from.headers).toReversed()) }),
  (from) => ({
    ...from,
    headers: { ...from.headers, 'x-forwarded-for': '198.51.100.9', 'user-agent': 'another', accept: '*/*' },
  }),
];
