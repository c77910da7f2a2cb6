import type { Draft, DropReason } from '../../domain/event/event.ts';
import type { Reply } from '../../domain/failure/index.ts';
import { present } from '../../domain/read.ts';
import { replyCodes, weighBounce } from '../shared/bounce.ts';

/** A bounce in the words of Amazon SES, which ESPs that send through SES repeat. */
interface SesBounce {
  readonly type: string | undefined;
  readonly subType: string | undefined;
  /** Of this one recipient: RFC 3464 action, enhanced status, the receiver's reply. */
  readonly action?: string | undefined;
  readonly status?: string | undefined;
  readonly reply?: string | undefined;
}

/** Never tried: the address was on a list already. */
const NOT_TRIED: ReadonlyMap<string | undefined, DropReason> = new Map([
  ['Suppressed', 'suppressed-bounce'],
  // The account's own list holds bounces and complaints alike.
  ['OnAccountSuppressionList', 'suppressed-unknown'],
  ['UnsubscribedRecipient', 'suppressed-unsubscribe'],
]);

type Verdict = Pick<Draft, 'bounceClass' | 'bounceCause'>;

const TRANSIENT: ReadonlyMap<string | undefined, Verdict> = new Map<string | undefined, Verdict>([
  ['MailboxFull', { bounceClass: 'soft', bounceCause: 'full' }],
  ['MessageTooLarge', { bounceClass: 'soft', bounceCause: 'technical' }],
  ['ContentRejected', { bounceClass: 'block', bounceCause: 'content' }],
  ['AttachmentRejected', { bounceClass: 'block', bounceCause: 'content' }],
]);

/** Type, class and SMTP details of one bounced recipient. */
export function sesBounce(bounce: SesBounce): Partial<Draft> {
  const reply: Reply = { status: bounce.status, text: bounce.reply };
  const codes = replyCodes(reply);
  const details = { ...codes, ...present({ diagnostic: bounce.reply }) };
  const dropReason = bounce.type === 'Permanent' ? NOT_TRIED.get(bounce.subType) : undefined;
  if (dropReason) return { type: 'dropped', dropReason, ...details };
  // Out-of-office replies are "Transient, General" too, but without an SMTP reply, which a delivery report has.
  const automatic = bounce.type === 'Transient' && bounce.subType === 'General' && Object.keys(codes).length === 0;
  return { type: 'bounced', ...details, ...verdict(bounce, reply), ...(automatic && { autoReply: true }) };
}

function verdict({ type, subType, action, status }: SesBounce, reply: Reply): Verdict {
  switch (type) {
    case 'Permanent': {
      const weighed = weighBounce('hard', reply, subType === 'NoEmail' ? 'mailbox' : undefined);
      // One envelope can hold several recipients: each is judged by its own status.
      const trying = action === 'delayed' || status?.startsWith('4.');
      return trying && weighed.bounceClass === 'hard' ? { bounceClass: 'soft', bounceCause: 'technical' } : weighed;
    }
    case 'Transient':
      return TRANSIENT.get(subType) ?? weighBounce('soft', reply);
    default:
      return { bounceClass: 'undetermined' };
  }
}
