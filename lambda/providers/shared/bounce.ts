import type { BounceCause, BounceClass } from '../../domain/event/event.ts';
import { codesOf, explainReply, type Failure, hasWords, type Reply } from '../../domain/failure/index.ts';

/**
 * The ESP's own class of a bounce set against the reply it quotes. The reply can soften a hard bounce (a policy block, a full
 * mailbox) and turn a soft one into a block; it never makes anything hard that the ESP called soft or a block. What the ESP leaves
 * undetermined is read from the reply alone. `cause` is what the ESP's word itself says. It is followed where the ESP quotes no
 * reply or one that says the same; a "hard" beside words that nobody could read keeps its class and no cause.
 */
export function weighBounce(said: BounceClass, reply: Reply, cause?: BounceCause): Failure {
  const { rule: _rule, words, ...failure } = explainReply(reply);
  const { bounceClass: read, bounceCause: readCause, ...codes } = failure;
  if (said === 'undetermined') return failure;
  if (said === 'hard' && (read === 'block' || read === 'soft')) return failure;
  if (said === 'soft' && read === 'block') return failure;
  const unread = said === 'hard' && read === 'undetermined' && hasWords(words);
  const agreed = unread ? undefined : read === said ? (readCause ?? cause) : cause;
  return { ...codes, bounceClass: said, ...(agreed && { bounceCause: agreed }) };
}

/** What a reply says of a temporary failure: its codes only. */
export const replyCodes = (reply: Reply): Pick<Failure, 'smtpCode' | 'smtpStatus'> => codesOf(reply);
