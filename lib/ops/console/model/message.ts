import { isInternal } from '../../../../lambda/contract/tables.ts';
import { outcome } from '../../commands/timeline/message-story.ts';
import { readMessageEvents } from '../../stack/events/of-message.ts';
import type { StoredEvent } from '../../stack/events/stored.ts';
import type { Context } from '../context.ts';

/** One mail's story, by recipient. */
export interface MessageModel {
  readonly messageId: string;
  readonly recipients: readonly {
    /** Absent where the ESP named nobody. */
    readonly recipient?: string;
    readonly outcome: string;
    readonly events: readonly StoredEvent[];
  }[];
}

/** @throws CannotKnow where the table has no index by message */
export async function messageModel({ target }: Context, messageId: string): Promise<MessageModel> {
  const events = await readMessageEvents(target, messageId);
  const groups = Map.groupBy(events, ({ recipient }) =>
    recipient !== undefined && isInternal(recipient) ? undefined : recipient,
  );
  return {
    messageId,
    recipients: [...groups].map(([recipient, own]) => ({
      ...(recipient !== undefined && { recipient }),
      outcome: outcome(own),
      events: own,
    })),
  };
}
