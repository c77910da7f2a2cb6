import type { RetractionList, RetractionStore } from '../../aws/dynamodb/retractions.ts';
import { noteFailure } from '../../aws/dynamodb/statements.ts';
import type { SuppressionStore } from '../../aws/dynamodb/suppression.ts';
import { until } from '../../aws/effort.ts';
import type { EpochMs } from '../../contract/units.ts';
import type { PolicyOf } from '../../domain/suppression/history.ts';
import { restsOnSeries } from '../../domain/suppression/soft-bounces.ts';
import type { Mark, Reasons } from '../../domain/suppression/suppression.ts';
import { type Asked, touchedBy } from './changes.ts';
import type { Judged } from './judge.ts';
import { isEmpty, type Looking, lookAndWrite, NOBODY, peopleOf, type Settled, type Stores, without } from './looks.ts';
import type { Shares } from './step.ts';

/**
 * Brings the entries up to date. Those with a late delivery are looked up beside the others: a list that cannot be read holds up nobody whose
 * entry needs no look.
 */
export async function settle(
  { judgements, fresh, series, deliveries, retracted }: Judged,
  policy: PolicyOf,
  stores: Stores,
  shares: Pick<Shares, 'judged' | 'suppressed'>,
  quiet: ReadonlySet<string>,
): Promise<Settled> {
  const looking: Looking = { stores, policy, shares, quiet, fresh };
  let list: Promise<RetractionList | undefined> | undefined;
  // Asked for once, and only where something is to be judged.
  const honoured = () => {
    list ??= honouredList(stores.retractions, retracted.size > 0, (Date.now() + shares.judged) / 2);
    return list;
  };
  const [own, late] = await Promise.all([
    judgeAll({ judgements, series, retracted }, honoured, looking),
    contradicted(deliveries, stores.list, shares.judged).then(async ({ broken, unread }) => {
      const asked = { judgements: new Map(), series: broken, retracted: new Map() };
      const settled = await judgeAll(asked, honoured, { ...looking, fresh: new Set() });
      return { ...settled, unsettled: settled.unsettled.union(unread) };
    }),
  ]);
  return {
    changed: own.changed.union(late.changed),
    suppressed: own.suppressed.union(late.suppressed),
    refused: new Map([...own.refused, ...late.refused]),
    unsettled: own.unsettled.union(late.unsettled),
  };
}

/** Retractions of which nothing is known: whatever list is read later differs from them. */
const UNREAD: RetractionList = { version: -1, retractions: [] };

async function judgeAll(
  asked: Asked,
  honoured: () => Promise<RetractionList | undefined>,
  looking: Looking,
): Promise<Settled> {
  if (isEmpty(asked)) return NOBODY;
  try {
    const known = await honoured();
    if (known) return await lookAndWrite(withDoubtful(asked, looking.fresh, known), known, looking);
    return await judgeNew(asked, looking);
  } catch (error) {
    noteFailure(error);
    return { ...NOBODY, unsettled: peopleOf(asked) };
  }
}

/** Judges those of whom nothing was heard before, where the list of retractions could not be read. */
async function judgeNew(asked: Asked, looking: Looking): Promise<Settled> {
  const { fresh, stores } = looking;
  // Who is new is written all the same: a complaint must not wait for a list that mostly is empty. The look after it reads the list; where
  // that fails too the message comes back, until somebody has looked. Whoever is listed already, or was retracted by what is known, waits.
  const last = stores.retractions.last?.retractions ?? [];
  const doubtful = (recipient: string): boolean => touchedBy(asked.judgements.get(recipient) ?? [], last).size > 0;
  const waiting = new Set([...peopleOf(asked)].filter((recipient) => !fresh.has(recipient) || doubtful(recipient)));
  const settled = await lookAndWrite(without(asked, waiting), UNREAD, looking);
  return { ...settled, unsettled: settled.unsettled.union(waiting) };
}

/**
 * What is retracted of somebody who has been heard of may have been written before anybody could look: whose message came back is judged
 * by the whole history, so that it goes again.
 */
function withDoubtful(asked: Asked, fresh: ReadonlySet<string>, { retractions }: RetractionList): Asked {
  if (retractions.length === 0) return asked;
  const retracted = new Map(asked.retracted);
  for (const [recipient, own] of asked.judgements) {
    const keys = fresh.has(recipient) ? new Set<string>() : touchedBy(own, retractions);
    if (keys.size > 0) retracted.set(recipient, keys.union(retracted.get(recipient) ?? new Set()));
  }
  return { ...asked, retracted };
}

/** The list by which to judge; undefined where it cannot be read by `deadline`. */
async function honouredList(
  retractions: RetractionStore,
  isAskedFor: boolean,
  deadline: EpochMs,
): Promise<RetractionList | undefined> {
  const signal = until(deadline);
  try {
    const known = await retractions.known(signal);
    // What is taken back may be forgotten by now: where it matters, the list of this moment decides.
    return isAskedFor || known.retractions.length > 0 ? await retractions.read(signal) : known;
  } catch (error) {
    noteFailure(error);
    return undefined;
  }
}

/** Of people with a late delivery those whom a series suppresses that it may have broken, and those of whom it could not be read. */
async function contradicted(
  deliveries: ReadonlyMap<string, string>,
  list: SuppressionStore,
  deadline: EpochMs,
): Promise<{ readonly broken: Set<string>; readonly unread: ReadonlySet<string> }> {
  if (deliveries.size === 0) return { broken: new Set(), unread: new Set() };
  const { entries, unread } = await list.reasonsOf([...deliveries.keys()], deadline);
  // What is not as we write it is nobody's series: it must not hold up the others.
  const marksOf = ({ soft_bounces: marks }: Reasons): readonly Mark[] => (Array.isArray(marks) ? marks : []);
  const broken = [...entries].filter(([recipient, reasons]) =>
    marksOf(reasons).some((mark) => restsOnSeries('soft_bounces', mark) && mark.at > (deliveries.get(recipient) ?? '')),
  );
  return { broken: new Set(broken.map(([recipient]) => recipient)), unread };
}
