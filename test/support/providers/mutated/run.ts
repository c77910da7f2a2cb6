import { webhookPath } from '../../../../lambda/contract/paths.ts';
import { readMessage } from '../../../../lambda/domain/message.ts';
import { listen } from '../../../../lib/local/emulators/loopback.ts';
import { secretStore } from '../../../../lib/local/emulators/secret-store.ts';
import { runtimeConfig } from '../../../../lib/settings/runtime-config.ts';
import { sqsStandIn } from '../../bundled.ts';
import { bundleOf, type Container } from '../../every-call/bundle.ts';
import { everySource, type Genuine, MARKER, type Posted, PUBLIC_URL, type Sources } from './genuine.ts';
import { isStillGenuine } from './genuine-still.ts';
import { HARMLESS, HUGE, inTurn, mutated } from './mutations.ts';
import { Random } from './random.ts';

/** Requests that somebody without a key makes of genuine ones, through the bundled `receive`. */

export interface Result {
  readonly sources: Sources;
  readonly count: number;
  /** Answers by status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Taken although they are not what the ESP proved. */
  readonly accepted: readonly string[];
  /** Taken, and still what the ESP proved. */
  readonly stillGenuine: number;
  /** Nothing signed was touched, and they were not taken. */
  readonly refused: readonly string[];
  readonly crashes: readonly string[];
  readonly leaks: readonly string[];
  /** All that the function wrote. */
  readonly log: string;
  readonly slowestMs: number;
}

/** Signatures that are good for minutes are made anew. */
const SIGNED_FOR = 60_000;
const HARMLESS_EVERY = 97;

export async function mutatedRequests(count: number, seed: number, hugeEvery: number): Promise<Result> {
  const sources = await everySource();
  const random = new Random(seed);
  const taken: string[] = [];
  const queue = await listen(
    sqsStandIn(
      () => false,
      (entries) => taken.push(...entries.map(({ MessageBody }) => MessageBody)),
    ),
  );
  const store = await listen(secretStore({ arn: 'webhooks', value: JSON.stringify(sources.secrets) }));
  const start = await bundleOf('receive', runtimeConfig(sources.settings));
  const container = start({
    variables: {
      AWS_ENDPOINT_URL_SQS: queue.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: store.url,
      METRICS_NAMESPACE: 'Quell/test',
      DELIVERY_QUEUE_URL: `${queue.url}/000000000000/delivery`,
      SECRET_ARN: 'webhooks',
      OWN_KEYS_ARN: 'own',
      UNSUBSCRIBE_KEYS_ARN: 'none',
      PUBLIC_URL,
      TOPIC_ARNS: '{}',
    },
    fetch: async (url) => {
      const pem = sources.certificates.get(String(url));
      return new Response(pem ?? 'none', { status: pem === undefined ? 404 : 200 });
    },
  });
  const isSecret = secretsIn(sources);
  const found = { accepted: [] as string[], refused: [] as string[], crashes: [] as string[], leaks: [] as string[] };
  const statuses = new Map<number, number>();
  let stillGenuine = 0;
  let slowestMs = 0;

  let genuine: Genuine[] = [];
  let wanted = new Map<Genuine, string>();
  let signedAt = 0;
  const send = async (posted: Posted) => {
    taken.length = 0;
    const answer = await ask(container, posted);
    return { ...answer, queued: whatIsSaid(taken) };
  };
  /** Genuine requests of this moment, each posted once as it is. */
  async function renew(): Promise<void> {
    signedAt = Date.now();
    genuine = sources.sign();
    wanted = new Map();
    for (const one of genuine) {
      const { status, queued } = await send(one);
      wanted.set(one, queued);
      if (status !== 200 || queued === '[]') found.refused.push(`${one.source}: a genuine request answered ${status}`);
    }
  }

  try {
    for (let n = 0; n < count; n++) {
      if (Date.now() - signedAt > SIGNED_FOR) await renew();
      const from = random.pick(genuine);
      const other = random.pick(genuine);
      const harmless = n % HARMLESS_EVERY === 0;
      // Of the huge ones each in turn: they are few.
      const few = harmless ? HARMLESS : n % hugeEvery === 1 ? HUGE : undefined;
      const turn = Math.floor(n / (harmless ? HARMLESS_EVERY : hugeEvery));
      const { posted, kind } = few ? inTurn(few, turn, from, other, random) : mutated(from, other, random);
      const name = `seed ${seed}, request ${n}, ${from.source} ${harmless ? 'harmless' : few ? 'huge' : 'mutation'} ${kind}`;
      const began = performance.now();
      const { status, body, queued, crash } = await send(posted);
      slowestMs = Math.max(slowestMs, performance.now() - began);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (crash !== undefined || status === 500) found.crashes.push(`${name}: ${crash ?? status}`);
      if (isSecret(body)) found.leaks.push(`${name}: its answer`);
      if (harmless && status !== 200) found.refused.push(`${name}: ${status}`);
      if (queued === '[]') continue;
      // With the proof in the body, another body of the same ESP is that ESP's other request.
      const sameHeaders = JSON.stringify(posted.headers) === JSON.stringify(other.headers);
      const origins = sameHeaders ? [from, other] : [from];
      if (origins.some((one) => isStillGenuine(one, posted, queued, wanted.get(one) ?? ''))) stillGenuine += 1;
      else found.accepted.push(`${name}: ${status}`);
    }
    const log = container.log();
    found.leaks.push(...log.split('\n').filter(isSecret).slice(0, 5));
    return { sources, count, statuses, stillGenuine, log, slowestMs, ...found };
  } finally {
    await Promise.all([queue.close(), store.close()]);
  }
}

/** What nobody may read in a log or an answer: who it is about, a key, a piece of a payload. */
function secretsIn({ secrets }: Sources): (text: string) => boolean {
  const forms = Object.values(secrets).flatMap((secret) => [secret, Buffer.from(secret).toString('base64')]);
  const never = [MARKER, MARKER.replace('@', '%40'), 'eve@example.com', 'SigningCertURL', 'event-data', ...forms];
  return (text) => never.some((one) => text.includes(one));
}

const whatIsSaid = (bodies: readonly string[]): string =>
  JSON.stringify(
    bodies.map(readMessage).flatMap(({ source, meta, events }) => events.map((event) => [source, meta, event])),
  );

const CONTEXT = { getRemainingTimeInMillis: () => 10_000 };

async function ask({ handler }: Container, { source, method, headers, query, body, base64 }: Posted) {
  const event = {
    version: '2.0',
    routeKey: `${method} ${webhookPath(source)}`,
    rawPath: webhookPath(source),
    rawQueryString: query,
    headers,
    requestContext: {
      http: { method, path: webhookPath(source), sourceIp: '198.51.100.7' },
      requestId: 'r',
      timeEpoch: Date.now(),
    },
    body: body.toString(base64 ? 'base64' : 'utf8'),
    isBase64Encoded: base64,
  };
  try {
    const answer = (await handler(event, CONTEXT)) as { statusCode: number; body?: string };
    return { status: answer.statusCode, body: answer.body ?? '', crash: undefined };
  } catch (error) {
    return { status: 0, body: '', crash: (error as Error).name };
  }
}
