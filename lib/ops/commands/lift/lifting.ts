import type { Address } from '../../../../lambda/contract/units.ts';
import type { OperatorAct } from '../../../../lambda/domain/suppression/operator.ts';
import { audited } from '../../audit/audited.ts';
import { sendActs, signed } from '../../stack/acts.ts';
import { readEntry } from '../../stack/suppression.ts';
import type { Target } from '../../target/target.ts';
import type { Author, Hand } from '../../words/author.ts';
import { keyOf } from '../../words/reasons.ts';
import { listsToClear } from './esp-lists.ts';
import { liftOf, type Selection, standing } from './lift.ts';

/** What it takes to lift people, before anything is changed. */
interface Lifting {
  /** One for each selected reason that suppresses somebody. */
  readonly acts: readonly OperatorAct[];
  /** Whom no such reason suppresses. */
  readonly clear: readonly Address[];
  /** Sources that reported what is lifted. */
  readonly told: readonly string[];
}

export async function planLifting(
  target: Target,
  addresses: readonly Address[],
  selection: Selection,
  author: Author,
): Promise<Lifting> {
  const acts: OperatorAct[] = [];
  const clear: Address[] = [];
  const told = new Set<string>();
  for (const address of addresses) {
    const { reasons } = await readEntry(target, address);
    const found = standing(reasons, selection, Date.now());
    if (found.length === 0) clear.push(address);
    acts.push(...found.map((one) => signed(liftOf(address, one, Date.now()), author)));
    for (const { marks } of found) for (const { until, source } of marks) if (until > 0) told.add(source);
  }
  return { acts, clear, told: [...told] };
}

/** Hands lifts to the queue. @param how what is lifted, for the audit */
export async function liftByHand(
  target: Target,
  acts: readonly OperatorAct[],
  how: string,
  hand: Hand,
  say: (line: string) => void,
): Promise<void> {
  const on = [...new Set(acts.map(({ recipient }) => recipient))];
  await audited(target, { what: 'lift', hand, on, how, say }, async (record) => {
    await sendActs(target, acts);
    record.count('lifted', acts.length);
  });
}

/** What is lifted, for the audit. */
export const selectionWords = ({ reason, scope }: Selection): string =>
  reason === undefined ? 'every reason' : keyOf({ reason, ...(scope !== undefined && { scope }) });

/** The lists of ESPs that may still hold whom we have lifted, in lines. @param cleared a source whose list was cleared just now */
export function listLines(target: Target, told: readonly string[], cleared?: string): string[] {
  const others = told.filter((name) => name !== cleared);
  const lists = listsToClear(others, target.names.sources);
  if (lists.length === 0) return [];
  return ["The ESP's own list may still hold the address, and stop mail to it. To clear it:", ...lists];
}
