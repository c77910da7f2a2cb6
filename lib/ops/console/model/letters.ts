import { type Chosen, type Group, Groups } from '../../commands/dlq/groups.ts';
import { LetterBox } from '../../commands/dlq/letters.ts';
import { depthOf } from '../../commands/doctor/checks/plumbing.ts';
import type { Context } from '../context.ts';

/** Dead letters by what they died of. */
export interface LettersModel {
  readonly groups: readonly (Group & { readonly key: string })[];
  /** How many there are, where whoever asks may count them and not read them. */
  readonly unread?: number;
}

/** A group as it stands in a path: its reason, and its source where that is known. */
const groupKey = ({ reason, source }: Pick<Group, 'reason' | 'source'>): string =>
  source === undefined ? reason : `${reason}~${source}`;

/** Which letters a path means. */
export function readGroupKey(key: string): Chosen {
  const [reason = '', source] = key.split('~', 2);
  return { reason, ...(source === undefined ? { nameless: true } : { source }) };
}

/** Looks at every letter; hides them from others meanwhile, which ends no alarm. */
export async function lettersModel({ target }: Pick<Context, 'target'>): Promise<LettersModel> {
  const { waiting, inFlight } = await depthOf(target, 'deadLetter');
  const all = waiting + inFlight;
  const groups = new Groups();
  try {
    if (all > 0) await addAll(groups, await LetterBox.of(target), all);
  } catch (error) {
    if (!(error instanceof Error) || !/^AccessDenied/.test(error.name)) throw error;
    return { groups: [], unread: all };
  }
  return { groups: groups.all().map((group) => ({ ...group, key: groupKey(group) })) };
}

/** Ends with the last one that was counted: to be sure that there is no further one takes SQS a second. */
async function addAll(groups: Groups, box: LetterBox, all: number): Promise<void> {
  let seen = 0;
  for await (const letters of box.look()) {
    for (const letter of letters) groups.add(letter);
    seen += letters.length;
    if (seen >= all) return;
  }
}
