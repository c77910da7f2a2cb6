import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EVENTS, internalKey } from '../../contract/tables.ts';
import { insertText } from './events.ts';
import { type Outcome, runStatements, type Statement } from './statements.ts';

/** A token that an ESP signed instead of the body, and the body it came with. */
export interface BoundToken {
  readonly source: string;
  readonly token: string;
  /** Hash of the raw event. */
  readonly digest: string;
  /** ISO 8601. */
  readonly receivedAt: string;
}

/** `reused`: the token has come with another body before, so one of the two is not the ESP's. */
export type Binding = 'bound' | 'reused' | 'failed';

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
  return tokens.map((token) => {
    const bound = first.get(keyOf(token)) as BoundToken;
    if (bound.digest !== token.digest) return 'reused';
    const ended = outcome.get(bound);
    return ended === 'done' ? 'bound' : ended === 'failed' ? 'failed' : 'reused';
  });
}

const keyOf = ({ source, token }: BoundToken): string => internalKey('token', source, token);

function insert(table: string, token: BoundToken): Statement {
  const expires = Math.ceil(Date.parse(token.receivedAt) / 1000) + KEPT_DAYS * 86_400;
  return {
    text: insertText(table, [EVENTS.partitionKey, EVENTS.sortKey, 'digest', EVENTS.expiry]),
    parameters: [{ S: keyOf(token) }, { S: '-' }, { S: token.digest }, { N: String(expires) }],
  };
}

/** Succeeds only where the body is the one it was bound to. */
const confirm = (table: string, token: BoundToken): Statement => ({
  text: `UPDATE "${table}" SET "digest"=? WHERE "${EVENTS.partitionKey}"=? AND "${EVENTS.sortKey}"=? AND "digest"=?`,
  parameters: [{ S: token.digest }, { S: keyOf(token) }, { S: '-' }, { S: token.digest }],
});
