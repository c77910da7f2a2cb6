import type { Outgoing } from '../../aws/sqs.ts';
import { DEAD_LETTER } from '../../contract/message.ts';
import { packMessages } from '../../domain/message.ts';
import type { Opened } from './opened.ts';

/** Dead letters keep the message's format, with one poisoned event each; the reason travels in attributes. */
export function deadLetters({ message, body, poison }: Opened): Outgoing[] {
  // An event with two recipients that are both refused is one dead letter.
  const distinct = [...new Map(poison.map((item) => [item.raw, item])).values()];
  return distinct.map(({ reason, detail, raw }) => ({
    body: message && raw !== undefined ? single(message, raw) : body,
    attributes: {
      [DEAD_LETTER.reason]: reason,
      [DEAD_LETTER.detail]: detail,
      ...(message && { [DEAD_LETTER.source]: message.source }),
    },
  }));
}

function single(message: NonNullable<Opened['message']>, raw: string): string {
  const { v: _v, events: _events, ...envelope } = message;
  return packMessages(envelope, [raw])[0] ?? '';
}
