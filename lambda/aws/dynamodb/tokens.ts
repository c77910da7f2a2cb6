import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EVENTS, internalKey } from '../../contract/tables.ts';
import type { Iso } from '../../contract/units.ts';
import { insertText } from './events.ts';
import { type Outcome, runStatements, type Statement } from './statements.ts';

/** A token that an ESP signed instead of the body, and the body it came with. */
export interface BoundToken {
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
export type Binding = 'bound' | 'reused' | 'reused-again' | 'failed';

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
  deadline: number,
): Promise<Binding[]> {
  const first = new Map(tokens.toReversed().map((token) => [keyOf(token), token]));
  const firsts = [...first.values()];
  const inserted = await runStatements(
    client,
    firsts.map((token) => insert(table, token)),
    deadline,
  );
  const known = firsts.filter((_token, at) => inserted[at] === 'refused');
  const confirmed = await runStatements(
    client,
    known.map((token) => confirm(table, token)),
    deadline,
  );
  const outcome = new Map<BoundToken, Outcome | undefined>([
    ...firsts.map((token, at) => [token, inserted[at]] as const),
    ...known.map((token, at) => [token, confirmed[at]] as const),
  ]);
  const bindings = tokens.map((token): Binding => {
    const bound = first.get(keyOf(token)) as BoundToken;
    if (bound.digest !== token.digest) return 'reused';
    const ended = outcome.get(bound);
    return ended === 'done' ? 'bound' : ended === 'failed' ? 'failed' : 'reused';
  });
  return toldOnce(client, table, tokens, bindings, deadline);
}

/** Tells the first forgery under a token from all others, however often its message comes. */
async function toldOnce(
  client: DynamoDBClient,
  table: string,
  tokens: readonly BoundToken[],
  bindings: readonly Binding[],
  deadline: number,
): Promise<Binding[]> {
  const reused = tokens.flatMap((token, at) => (bindings[at] === 'reused' ? [{ token, at }] : []));
  const firsts = [...new Map(reused.toReversed().map((one) => [keyOf(one.token), one])).values()];
  const noted = await runStatements(
    client,
    firsts.map(({ token }) => insert(table, forgery(token), REUSED)),
    deadline,
  );
  // The first one again, because its message came back, or no answer was heard: its letter may not be written yet.
  const before = firsts.filter((_one, index) => noted[index] === 'refused');
  const same = await runStatements(
    client,
    before.map(({ token }) => confirm(table, forgery(token), REUSED)),
    deadline,
  );
  const told = new Map([
    ...firsts.map(({ at }, index) => [at, noted[index]] as const),
    ...before.map(({ at }, index) => [at, same[index]] as const),
  ]);
  return bindings.map((binding, at) => {
    if (binding !== 'reused') return binding;
    const ended = told.get(at);
    return ended === 'done' ? 'reused' : ended === 'failed' ? 'failed' : 'reused-again';
  });
}

/** Sort keys: the body that a token is bound to, and that another one came. */
const BOUND = '-';
const REUSED = 'reused';

const keyOf = ({ provider, token }: BoundToken): string => internalKey('token', provider, token);

function insert(table: string, token: BoundToken, sortKey = BOUND): Statement {
  const expires = Math.ceil(Date.parse(token.receivedAt) / 1000) + KEPT_DAYS * 86_400;
  return {
    text: insertText(table, [EVENTS.partitionKey, EVENTS.sortKey, 'digest', EVENTS.expiry]),
    parameters: [{ S: keyOf(token) }, { S: sortKey }, { S: token.digest }, { N: String(expires) }],
  };
}

/** Succeeds only where the body is the one it was bound to. */
const confirm = (table: string, token: BoundToken, sortKey = BOUND): Statement => ({
  text: `UPDATE "${table}" SET "digest"=? WHERE "${EVENTS.partitionKey}"=? AND "${EVENTS.sortKey}"=? AND "digest"=?`,
  parameters: [{ S: token.digest }, { S: keyOf(token) }, { S: sortKey }, { S: token.digest }],
});

/** A request, not only its body: who sends a forgery again sends another request. */
const forgery = (token: BoundToken): BoundToken => ({ ...token, digest: `${token.digest} ${token.receivedAt}` });
