import type { BounceClass, Draft, DropReason, EventType } from '../../domain/event/event.ts';
import { classifyFailure } from '../../domain/failure/index.ts';
import { type Fields, number, present, text } from '../../domain/read.ts';
import { replyCodes, weighBounce } from '../shared/bounce.ts';

/** By prefix of `reason`, lower-cased. */
const DROPS: readonly (readonly [string, DropReason])[] = [
  ['bounced address', 'suppressed-bounce'],
  ['unsubscribed address', 'suppressed-unsubscribe'],
  ['spam reporting address', 'suppressed-complaint'],
  ['invalid smtpapi', 'policy'],
  ['invalid', 'invalid'],
  ['spam content', 'content'],
  ['recipient list over', 'quota'],
];

/** By prefix of `bounce_classification`, lower-cased: API and webhook spell the rest differently. */
const CLASSIFICATIONS: readonly (readonly [string, BounceClass])[] = [
  ['invalid address', 'hard'],
  ['mailbox unavailable', 'soft'],
  ['content', 'block'],
  ['reputation', 'block'],
  ['frequency', 'block'],
  ['technical', 'soft'],
  ['unclassified', 'undetermined'],
];

/** What only events of one type say. `word` is SendGrid's name of the event. */
export function sendgridOutcome(type: EventType, word: string, event: Fields): Partial<Draft> {
  const reason = text(event.reason) ?? text(event.response);
  switch (type) {
    case 'bounced':
      return { ...bounce(word, event, reason), ...(reason && { diagnostic: reason }) };
    case 'deferred':
      return present({ ...replyCodes({ status: text(event.status), text: reason }), diagnostic: reason });
    case 'dropped':
      return present({ dropReason: startingWith(DROPS, reason) ?? 'other', diagnostic: reason });
    case 'opened':
      return present({ ...reader(event), machine: event.sg_machine_open === true });
    case 'clicked':
      return present({ ...reader(event), url: text(event.url) });
    case 'unsubscribed':
    case 'resubscribed':
      return { scope: word.startsWith('group_') ? `asm:${text(event.asm_group_id) ?? 'unknown'}` : 'all' };
    default:
      return {};
  }
}

const reader = (event: Fields) => ({ userAgent: text(event.useragent), ip: text(event.ip) });

function bounce(word: string, event: Fields, reason: string | undefined): Partial<Draft> {
  const kind = text(event.type);
  const reply = { code: number(event.status), status: text(event.status), text: reason };
  if (kind === 'blocked' || word === 'blocked') {
    const failure = classifyFailure(reply);
    return {
      ...failure,
      bounceClass: 'block',
      bounceCause: failure.bounceClass === 'block' ? (failure.bounceCause ?? 'policy') : 'policy',
    };
  }
  if (kind === 'expired') {
    const failure = classifyFailure(reply);
    const cause = failure.bounceClass === 'soft' ? failure.bounceCause : undefined;
    return { ...failure, bounceClass: 'soft', bounceCause: cause ?? 'technical' };
  }
  const said = startingWith(CLASSIFICATIONS, text(event.bounce_classification));
  if (said !== undefined && said !== 'hard') {
    const failure = classifyFailure(reply);
    const { bounceCause: _cause, ...rest } = failure;
    return failure.bounceClass === said ? failure : { ...rest, bounceClass: said };
  }
  // SendGrid puts the address on its bounce list: a hard bounce, unless the reply itself speaks of a block or a full mailbox.
  return weighBounce('hard', reply, 'mailbox');
}

const startingWith = <T>(table: readonly (readonly [string, T])[], words: string | undefined): T | undefined =>
  table.find(([prefix]) => words?.toLowerCase().startsWith(prefix))?.[1];
