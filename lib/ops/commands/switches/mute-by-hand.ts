import { audited } from '../../audit/audited.ts';
import { alarmsOf, isMuted, mute, unmute } from '../../stack/alarms.ts';
import type { Target } from '../../target/target.ts';
import type { Hand } from '../../words/author.ts';
import type { Span } from '../../words/time.ts';

type Say = (line: string) => void;

/** What is mute, and for how long. */
export interface Muted {
  readonly names: readonly string[];
  readonly from: Date;
  readonly until: Date;
}

/** Keeps a source's own alarms from notifying; undefined where it has none. */
export async function muteByHand(
  target: Target,
  source: string,
  span: Span,
  hand: Hand,
  say?: Say,
): Promise<Muted | undefined> {
  const names = (await alarmsOf(target, source)).map(({ name }) => name);
  if (names.length === 0) return undefined;
  const intent = { what: 'mute', hand, on: [source], how: `for ${span.iso}`, ...(say && { say }) } as const;
  return audited(target, intent, async (act) => {
    const times = await mute(target, source, { names, span });
    act.count('alarms', names.length);
    return { names, ...times };
  });
}

/** Ends it now; nothing where none of it is mute. */
export async function unmuteByHand(target: Target, source: string, hand: Hand, say?: Say): Promise<void> {
  if (!(await isMuted(target, source))) return;
  await audited(target, { what: 'unmute', hand, on: [source], ...(say && { say }) }, () => unmute(target, source));
}
