import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EVENTS, internalKey } from '../../contract/tables.ts';
import type { EpochMs, Iso } from '../../contract/units.ts';
import { insertText } from './events.ts';
import { type Outcome, runStatements, type Statement } from './statements.ts';

/** A token that an ESP signed instead of the body, and the body it came with. */
interface BoundToken {
  /** Not the source: an account's key signs for all the sources that it feeds, so a token is good at each of them. */
  readonly provider: string;
  readonly token: string;
  /** Hash of the raw event. */
  readonly digest: string;
  /** ISO 8601. */
  readonly receivedAt: Iso;
}

/**
 * `reused`: the token has come with another body before, so one of the two is not the ESP's. `reused-again`: and not for the first time,
 * so that who has one token cannot bury ever more dead letters with it.
 */
type Binding = 'bound' | 'reused' | 'reused-again' | 'failed';

/** Longer than any message can wait in a queue and then in the dead letters. */
const KEPT_DAYS = 30;

/**
 * Binds tokens to bodies in the events table, whose retention they share: the first body wins, the same body again is welcome (a
 * retry), another one is refused. One conditional insert each; only repetitions cost a second write.
 */
export async function bindTokens(
  client: DynamoDBClient,
  table: string,
  tokens: readonly BoundToken[],
  deadline: EpochMs,
): Promise<Binding[]> {
  const ended = await kept({ client, table }, tokens, BOUND, deadline);
  const reused = tokens.filter((token) => ended.get(bodyOf(token)) === 'refused').map(forgery);
  // Tells the first forgery under a token from all others, however often its message comes: its letter may not be written yet.
  const told = await kept({ client, table }, reused, REUSED, deadline);
  const letters = new Set<string>();
  return tokens.map((token): Binding => {
    const binding = ended.get(bodyOf(token));
    if (binding !== 'refused') return binding === 'done' ? 'bound' : 'failed';
    const one = bodyOf(forgery(token));
    const first = told.get(one);
    if (first === 'failed') return 'failed';
    const isFirst = first === 'done' && !letters.has(one);
    letters.add(one);
    return isFirst ? 'reused' : 'reused-again';
  });
}

/**
 * Keeps under each token the first of its bodies, where there is none yet, and says of each body whether it is the one that is kept: `done`,
 * `refused`, or `failed` where that is not known this time.
 */
async function kept(
  { client, table }: { readonly client: DynamoDBClient; readonly table: string },
  tokens: readonly BoundToken[],
  sortKey: string,
  deadline: EpochMs,
): Promise<ReadonlyMap<string, Outcome>> {
  const bodies = [...new Map(tokens.map((token) => [bodyOf(token), token])).values()];
  const ended = new Map<string, Outcome>(bodies.map((token) => [bodyOf(token), 'failed']));
  const settled = new Set<string>();
  const ask = async (some: readonly BoundToken[], statement: typeof insert, until: EpochMs): Promise<BoundToken[]> => {
    const outcomes = await runStatements(
      client,
      some.map((token) => statement(table, token, sortKey)),
      until,
    );
    for (const [at, token] of some.entries()) {
      ended.set(bodyOf(token), outcomes[at] ?? 'failed');
      if (outcomes[at] === 'done') settled.add(keyOf(token));
    }
    return some.filter((_token, at) => outcomes[at] === 'refused');
  };
  const known = new Set((await ask(firstOfEach(bodies), insert, halfway(deadline))).map(keyOf));
  // Every body of a token that is known, not only the first: which of them the token is bound to is not said by their order. One body of a
  // token at a time, because no request may name an item twice.
  let left = bodies.filter((token) => known.has(keyOf(token)));
  while (left.length > 0) {
    const some = firstOfEach(left);
    await ask(some, confirm, halfway(deadline));
    left = left.filter((token) => !some.includes(token) && !settled.has(keyOf(token)));
  }
  for (const token of bodies)
    if (settled.has(keyOf(token)) && ended.get(bodyOf(token)) !== 'done') ended.set(bodyOf(token), 'refused');
  return ended;
}

/** Until when a step may try again that others come after: one token that is throttled must not use up the time of all. */
const halfway = (deadline: EpochMs): EpochMs => (Date.now() + Math.max(Date.now(), deadline)) / 2;

const firstOfEach = (tokens: readonly BoundToken[]): BoundToken[] => [
  ...new Map(tokens.toReversed().map((token) => [keyOf(token), token])).values(),
];

/** Sort keys: the body that a token is bound to, and that another one came. */
const BOUND = '-';
const REUSED = 'reused';

const keyOf = ({ provider, token }: BoundToken): string => internalKey('token', provider, token);
const bodyOf = (token: BoundToken): string => `${keyOf(token)}\n${token.digest}`;

function insert(table: string, token: BoundToken, sortKey: string): Statement {
  const expires = Math.ceil(Date.parse(token.receivedAt) / 1000) + KEPT_DAYS * 86_400;
  return {
    text: insertText(table, [EVENTS.partitionKey, EVENTS.sortKey, 'digest', EVENTS.expiry]),
    parameters: [{ S: keyOf(token) }, { S: sortKey }, { S: token.digest }, { N: String(expires) }],
  };
}

/** Succeeds only where the body is the one it was bound to. */
const confirm = (table: string, token: BoundToken, sortKey: string): Statement => ({
  text: `UPDATE "${table}" SET "digest"=? WHERE "${EVENTS.partitionKey}"=? AND "${EVENTS.sortKey}"=? AND "digest"=?`,
  parameters: [{ S: token.digest }, { S: keyOf(token) }, { S: sortKey }, { S: token.digest }],
});

/** A request, not only its body: who sends a forgery again sends another request. */
const forgery = (token: BoundToken): BoundToken => ({ ...token, digest: `${token.digest} ${token.receivedAt}` });
