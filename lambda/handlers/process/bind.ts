import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { bindTokens } from '../../aws/dynamodb/tokens.ts';
import type { Opened } from './opened.ts';
import { divide, type Passed } from './step.ts';

/**
 * Where an ESP signs a token and not the body, the token is bound to the first body it came with; a second body is poison and has no
 * effect. Fails the messages whose tokens could not be bound this time.
 */
export async function bindBodies(
  messages: readonly Opened[],
  client: DynamoDBClient,
  table: string,
  deadline: number,
): Promise<Passed> {
  const all = messages.flatMap((opened) => opened.tokens.map((token) => ({ opened, ...token })));
  if (all.length === 0) return { messages, failed: [] };
  const tokens = all.map(({ opened, token, digest }) => ({
    token,
    digest,
    source: opened.message?.source ?? '',
    receivedAt: opened.message?.receivedAt ?? '',
  }));
  const bindings = await bindTokens(client, table, tokens, deadline);
  const failed = new Set(all.flatMap(({ opened }, at) => (bindings[at] === 'failed' ? [opened] : [])));
  const forged = Map.groupBy(
    all.filter((_token, at) => bindings[at] === 'reused'),
    ({ opened }) => opened,
  );
  const { messages: bound, failed: unbound } = divide(messages, failed);
  return {
    messages: bound.map((opened) => withoutForged(opened, forged.get(opened)?.map(({ raw }) => raw) ?? [])),
    failed: unbound,
  };
}

function withoutForged(opened: Opened, raws: readonly string[]): Opened {
  if (raws.length === 0) return opened;
  const detail = 'The token of this request was used before with another body.';
  return {
    ...opened,
    events: opened.events.filter(({ raw }) => !raws.includes(raw)),
    poison: [...opened.poison, ...raws.map((raw) => ({ reason: 'token-reused', detail, raw }) as const)],
  };
}
