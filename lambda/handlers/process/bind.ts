import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { bindTokens } from '../../aws/dynamodb/tokens.ts';
import type { EpochMs } from '../../contract/units.ts';
import type { Opened } from './opened.ts';
import { divide, type Passed } from './step.ts';

interface Bound extends Passed {
  /** Events that were refused for their token, by source. */
  readonly forged: ReadonlyMap<string, number>;
}

/**
 * Where an ESP signs a token and not the body, the token is bound to the first body it came with, at whatever source; a second body has no
 * effect, and the first of them is poison. Fails the messages whose tokens could not be bound this time.
 */
export async function bindBodies(
  messages: readonly Opened[],
  client: DynamoDBClient,
  table: string,
  deadline: EpochMs,
): Promise<Bound> {
  const all = messages.flatMap((opened) => {
    const { message } = opened;
    return message ? opened.tokens.map((token) => ({ opened, message, ...token })) : [];
  });
  const tokens = all.map(({ opened, message, token, digest }) => ({
    token,
    digest,
    provider: opened.provider,
    receivedAt: message.receivedAt,
  }));
  const bindings = await bindTokens(client, table, tokens, deadline);
  const failed = new Set(all.flatMap(({ opened }, at) => (bindings[at] === 'failed' ? [opened] : [])));
  const { messages: bound, failed: unbound } = divide(messages, failed);
  const forgeries = all.flatMap(({ opened, message, raw }, at) => {
    const binding = bindings[at];
    return !failed.has(opened) && (binding === 'reused' || binding === 'reused-again')
      ? [{ opened, source: message.source, raw, binding }]
      : [];
  });
  const byMessage = Map.groupBy(forgeries, ({ opened }) => opened);
  const bySource = Map.groupBy(forgeries, ({ source }) => source);
  return {
    messages: bound.map((opened) => withoutForged(opened, byMessage.get(opened) ?? [])),
    failed: unbound,
    forged: new Map([...bySource].map(([source, some]) => [source, some.length])),
  };
}

interface Forgery {
  readonly raw: string;
  readonly binding: 'reused' | 'reused-again';
}

function withoutForged(opened: Opened, forgeries: readonly Forgery[]): Opened {
  if (forgeries.length === 0) return opened;
  const detail = 'The token of this request was used before with another body.';
  const raws = new Set(forgeries.map(({ raw }) => raw));
  const reused = forgeries.filter(({ binding }) => binding === 'reused');
  return {
    ...opened,
    events: opened.events.filter(({ raw }) => !raws.has(raw)),
    withoutEvents: opened.withoutEvents.filter((raw) => !raws.has(raw)),
    poison: [...opened.poison, ...reused.map(({ raw }) => ({ reason: 'token-reused', detail, raw }) as const)],
  };
}
