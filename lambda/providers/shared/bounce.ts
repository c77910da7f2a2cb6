import type { BounceCause, BounceClass } from '../../domain/event.ts';
import { classifyFailure, type Failure, type Reply } from '../../domain/failure.ts';

/**
 * The ESP's own class of a bounce set against the reply it quotes. The reply can soften a hard bounce (a policy block, a full
 * mailbox) and turn a soft one into a block; it never makes anything hard that
 * the ESP called soft or a block. What the ESP leaves undetermined is read from the reply alone. `cause` is what the
 * ESP's word itself says, used where the reply says nothing else; without it an ambiguous hard bounce keeps none.
 */
export function weighBounce(said: BounceClass, reply: Reply, cause?: BounceCause): Failure {
  const failure = classifyFailure(reply);
  const { bounceClass: read, bounceCause: readCause, ...codes } = failure;
  if (said === 'undetermined') return failure;
  if (said === 'hard' && (read === 'block' || read === 'soft')) return failure;
  if (said === 'soft' && read === 'block') return failure;
  const agreed = read === said ? (readCause ?? cause) : cause;
  return { ...codes, bounceClass: said, ...(agreed && { bounceCause: agreed }) };
}

/** What a reply says of a temporary failure: its codes only. */
export function replyCodes(reply: Reply): Pick<Failure, 'smtpCode' | 'smtpStatus'> {
  const { bounceClass: _class, bounceCause: _cause, ...codes } = classifyFailure(reply);
  return codes;
}
