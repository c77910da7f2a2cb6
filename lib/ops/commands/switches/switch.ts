import { audited } from '../../audit/audited.ts';
import { isSwitched, switchProcessing } from '../../stack/mapping.ts';
import type { Target } from '../../target/target.ts';
import type { Hand } from '../../words/author.ts';

/** Stops processing, or starts it again; false where it was so already. */
export async function switchByHand(
  target: Target,
  what: 'pause' | 'resume',
  hand: Hand,
  say?: (line: string) => void,
): Promise<boolean> {
  const on = what === 'resume';
  if (await isSwitched(target, on)) return false;
  const intent = { what, hand, on: [], ...(say && { say }) };
  return audited(target, intent, () => switchProcessing(target, on));
}
