import { EVENT_TYPES, type MachineReason } from '../../../lambda/contract/event/types.ts';
import { UNSUBSCRIBE_SOURCE } from '../../../lambda/contract/unsubscribe.ts';
import type { BounceCause, DropReason, NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { clean } from './clean.ts';

const LONGEST_TYPE = Math.max(...EVENT_TYPES.map((type) => type.length));

/** One event as a line for people: when, what, and who reported it. What the far side wrote cannot forge another line. */
export function storyLine(event: NormalisedEvent): string {
  const when = event.occurredAt ?? `no time given, received ${event.receivedAt}`;
  const origin = [event.source, event.messageId && `message ${event.messageId}`].filter(Boolean).join(', ');
  const words = storyDetail(event);
  return clean(`${when}  ${event.type.padEnd(LONGEST_TYPE)} ${words ? `${words}  ` : ''}[${origin}]`);
}

/** What an event says beside its time, its type and its source: a stranger's text, which whoever shows it cleans. */
export function storyDetail(event: NormalisedEvent): string {
  const altered = event.recipientAltered && '(the address was written differently)';
  return [detail(event), altered].filter(Boolean).join('  ');
}

function detail(event: NormalisedEvent): string {
  const reply = [event.smtpCode, event.smtpStatus, event.diagnostic && `"${event.diagnostic}"`]
    .filter(Boolean)
    .join(' ');
  switch (event.type) {
    case 'bounced':
      return joined(
        `${event.bounceClass ?? 'undetermined'} bounce`,
        event.bounceCause && CAUSES[event.bounceCause],
        reply,
      );
    case 'dropped':
      return joined(event.dropReason && DROPS[event.dropReason], reply);
    case 'deferred':
      return joined('the ESP tries again', reply);
    case 'opened':
      return joined(machineWords(event), event.userAgent);
    case 'clicked':
      return joined(machineWords(event), event.url);
    case 'unsubscribed':
    case 'resubscribed':
      return joined(
        event.scope === 'all' ? 'from everything' : `scope ${event.scope ?? 'not given'}`,
        event.source === UNSUBSCRIBE_SOURCE && (WAYS[event.providerEvent] ?? 'by an unsubscribe link'),
      );
    case 'complained':
      return joined('marked it as spam', (event.candidates ?? 1) > 1 && `or one of ${event.candidates} others did`);
    case 'suppressed':
    case 'lifted':
      return joined(
        event.reason,
        event.actor && `by ${event.actor}`,
        event.note && `"${event.note}"`,
        event.importId && `import ${event.importId}`,
      );
    case 'unknown':
      return `the ESP calls it "${event.providerEvent}"`;
    case 'inbound':
      return joined(event.from && `from ${event.from}`, event.subject && `"${event.subject}"`);
    case 'accepted':
    case 'delivered':
      return reply;
    default:
      return event.type satisfies never;
  }
}

/** Said of an opening or a click that was a machine's. */
function machineWords({ machine, machineWhy }: NormalisedEvent): string | undefined {
  if (!machine) return undefined;
  return machineWhy ? MACHINES[machineWhy] : 'by a machine';
}

const MACHINES: Readonly<Record<MachineReason, string>> = {
  esp: 'by a machine (the ESP says so)',
  prefetch: 'by a machine (loaded ahead of reading)',
  proxy: "by a machine (the mailbox operator's proxy: perhaps for somebody who looked)",
  scanner: 'by a machine (a security gateway)',
  burst: 'by a machine (several links within seconds)',
};

const joined = (...parts: readonly (string | false | undefined)[]): string => parts.filter(Boolean).join(', ');

const WAYS: Readonly<Record<string, string>> = {
  'one-click': 'with one click in the mail program',
  page: 'on our unsubscribe page',
};

const CAUSES: Readonly<Record<BounceCause, string>> = {
  mailbox: 'about the mailbox',
  domain: 'about the domain',
  full: 'the mailbox is full',
  reputation: 'about our reputation',
  content: 'about the content',
  policy: "about a rule of the receiver's",
  technical: 'a technical fault',
};

const DROPS: Readonly<Record<DropReason, string>> = {
  'suppressed-bounce': "not tried: on the ESP's bounce list",
  'suppressed-complaint': "not tried: on the ESP's complaint list",
  'suppressed-unsubscribe': "not tried: on the ESP's unsubscribe list",
  'suppressed-unknown': "not tried: on the ESP's own list",
  invalid: 'not tried: not a valid address',
  content: 'not tried: content refused',
  policy: 'not tried: against a rule of the ESP',
  quota: 'not tried: quota used up',
  template: 'not tried: the template failed',
  duplicate: 'not tried: a duplicate',
  other: 'not tried',
};
