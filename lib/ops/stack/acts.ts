import { randomUUID } from 'node:crypto';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { interpreter, OPERATOR_ACTS } from '../../../lambda/domain/interpret.ts';
import { packMessages } from '../../../lambda/domain/message.ts';
import { present } from '../../../lambda/domain/read.ts';
import { OPERATOR, type OperatorAct } from '../../../lambda/domain/suppression/operator.ts';
import type { Target } from '../target/target.ts';
import type { Author } from '../words/author.ts';
import { enqueue } from './outbox.ts';

/** An act without its author. */
export type Decision = Omit<OperatorAct, keyof Author>;

/** Acts as messages of the acts queue: from there on the way of every event, so that they are recorded, folded, archived and replayed. */
function actMessages(acts: readonly OperatorAct[], receivedAt = new Date()): string[] {
  const envelope = {
    source: OPERATOR,
    channel: 'operator',
    receivedAt: receivedAt.toISOString(),
    requestId: randomUUID(),
    origin: 'operator',
  } as const;
  return packMessages(
    envelope,
    acts.map((act) => JSON.stringify(present(act))),
  );
}

/** Puts acts on their queue, where they wait behind nobody's events; resolves once it has taken all of them. */
export const sendActs = (target: Target, acts: readonly OperatorAct[]): Promise<void> =>
  enqueue(target, actMessages(acts), 'acts');

export const signed = (decision: Decision, { actor, note }: Author): OperatorAct => ({ ...decision, actor, note });

const readAct = interpreter(OPERATOR, OPERATOR_ACTS);

/** The event that `process` will make of an act. */
export function actEvent(act: OperatorAct): NormalisedEvent {
  const meaning = readAct(JSON.stringify(act), {}, { receivedAt: new Date().toISOString() });
  const [event] = 'poison' in meaning ? [] : meaning.events;
  if (!event) throw new Error('an act of our own cannot be read');
  return event;
}
