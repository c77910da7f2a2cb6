import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { bindTokens } from '../../aws/dynamodb/tokens.ts';
import type { Opened } from './opened.ts';

/**
 * Where an ESP signs a token and not the body, the token is bound to the first body it came with; a second body is poison and has no
 * effect. Fails the messages whose tokens could not be bound this time.
 */
export async function bindBodies(
  messages: readonly Opened[],
  client: DynamoDBClient,
  table: string,
  deadline: number,
): Promise<void> {
  const all = messages.flatMap((opened) => opened.tokens.map((token) => ({ opened, ...token })));
  if (all.length === 0) return;
  const tokens = all.map(({ opened, token, digest }) => ({
    token,
    digest,
    source: opened.message?.source ?? '',
    receivedAt: opened.message?.receivedAt ?? '',
  }));
  const bindings = await bindTokens(client, table, tokens, deadline);
  for (const [at, { opened, raw }] of all.entries()) {
    if (bindings[at] === 'failed') opened.failed = true;
    if (bindings[at] !== 'reused') continue;
    opened.events = opened.events.filter((event) => event.raw !== raw);
    opened.poison.push({
      reason: 'token-reused',
      detail: 'The token of this request was used before with another body.',
      raw,
    });
  }
}
