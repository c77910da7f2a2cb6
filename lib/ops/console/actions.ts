import { normaliseAddress } from '../../../lambda/domain/address.ts';
import { UsageError } from '../cli/errors.ts';
import { dropLetters, redriveLetters } from '../commands/dlq/work.ts';
import { eraseAddress } from '../commands/erase/erase.ts';
import { listsToClear } from '../commands/lift/esp-lists.ts';
import { liftOf, standing } from '../commands/lift/lift.ts';
import { sendActs, signed } from '../stack/acts.ts';
import { awaitActs } from '../stack/effects.ts';
import { switchProcessing } from '../stack/mapping.ts';
import { readEntry } from '../stack/suppression.ts';
import { sourceOf, type Target } from '../target/target.ts';
import { authorOf } from '../words/author.ts';
import { parseReasonScope } from '../words/reasons.ts';
import { parseEnd, parseSpan } from '../words/time.ts';
import { lettersModel, readGroupKey } from './model/letters.ts';

/** What a form holds; every value is a stranger's until it is read. */
export type Form = Readonly<Record<string, string>>;

/** Said to whoever acted, on the page they come to. */
export interface Done {
  readonly ok: boolean;
  readonly says: readonly string[];
  /** Where the answer leads. */
  readonly back: string;
}

const author = (target: Target, what: string, form: Form) =>
  authorOf(what, { note: form.note, actor: form.actor }, target);

const addressIn = (text: string): string => {
  const address = normaliseAddress(text);
  if (address === undefined) throw new UsageError('That is not an e-mail address.');
  return address;
};

const REDRIVEN_A_SECOND = 50;
const PATIENCE = 'It is in the delivery queue, and not in effect yet. Is processing paused or behind?';

export async function suppress(target: Target, path: string, form: Form): Promise<Done> {
  const recipient = addressIn(path);
  const reason = parseReasonScope(form.reason, form.scope === '' ? undefined : form.scope);
  const at = Date.now();
  const until = parseEnd({ days: form.days === '' ? undefined : form.days }, at);
  const act = signed(
    { act: 'suppress', recipient, ...reason, at: new Date(at).toISOString(), ...(until !== undefined && { until }) },
    await author(target, 'suppress', form),
  );
  await sendActs(target, [act]);
  const missing = await awaitActs(target, [act]);
  return { ok: missing === 0, says: [missing === 0 ? 'Suppressed.' : PATIENCE], back: personPathOf(recipient) };
}

export async function lift(target: Target, path: string, form: Form): Promise<Done> {
  const recipient = addressIn(path);
  const back = personPathOf(recipient);
  const by = await author(target, 'lift', form);
  const { reasons } = await readEntry(target, recipient);
  const found = standing(reasons, {}, Date.now());
  if (found.length === 0) return { ok: false, says: ['Nothing to lift: no reason suppresses this address.'], back };
  const acts = found.map((one) => signed(liftOf(recipient, one, Date.now()), by));
  await sendActs(target, acts);
  const missing = await awaitActs(target, acts);
  const told = found.flatMap(({ marks }) => marks.filter(({ until }) => until > 0).map(({ source }) => source));
  const lists = listsToClear(told, target.names.sources);
  return {
    ok: missing === 0,
    says: [
      missing === 0 ? 'Lifted.' : PATIENCE,
      ...(lists.length > 0 ? ["The ESP's own list may still hold the address, and stop mail to it. To clear it:"] : []),
      ...lists,
    ],
    back,
  };
}

export async function erase(target: Target, path: string, form: Form): Promise<Done> {
  const recipient = addressIn(path);
  const by = await author(target, 'erase', form);
  if (form.really !== 'yes') throw new UsageError('Nothing was erased: tick the box that says so.');
  const { events, kept } = await eraseAddress(target, recipient, form.keep === 'yes', by);
  return {
    ok: true,
    says: [
      `Erased: ${events} events, and the entry on the list.`,
      ...(kept ? ['The bare fact that no mail may be sent was kept.'] : []),
    ],
    back: personPathOf(recipient),
  };
}

export async function redrive(target: Target, key: string, form: Form): Promise<Done> {
  await author(target, 'redrive', form);
  const count = await redriveLetters(target, readGroupKey(key), REDRIVEN_A_SECOND);
  return {
    ok: count > 0,
    says: [`Put back on the delivery queue: ${count}. What fails again is back within a minute.`],
    back: '/letters',
  };
}

export async function drop(target: Target, key: string, form: Form): Promise<Done> {
  await author(target, 'drop', form);
  if (form.really !== 'yes') throw new UsageError('Nothing was dropped: tick the box that says so.');
  const count = await dropLetters(target, readGroupKey(key));
  return { ok: count > 0, says: [`Deleted for good: ${count}.`], back: '/letters' };
}

/** The letters of one group, for the page that asks before anything is done. */
export async function lettersOf(target: Target, key: string): Promise<number> {
  const { groups } = await lettersModel({ target });
  return groups.find((group) => group.key === key)?.letters ?? 0;
}

export async function pause(target: Target, name: string, form: Form): Promise<Done> {
  await author(target, 'pause', form);
  const changed = await switchProcessing(target, false);
  return {
    ok: true,
    says: [changed ? 'Paused. Events of every source wait in the delivery queue.' : 'It was paused already.'],
    back: `/sources/${encodeURIComponent(name)}`,
  };
}

export async function resume(target: Target, name: string, form: Form): Promise<Done> {
  await author(target, 'resume', form);
  const changed = await switchProcessing(target, true);
  return {
    ok: true,
    says: [changed ? 'Running. What has waited is worked off now.' : 'It was running already.'],
    back: `/sources/${encodeURIComponent(name)}`,
  };
}

export async function mute(target: Target, name: string, form: Form): Promise<Done> {
  await author(target, 'mute', form);
  sourceOf(target, name);
  const { alarmsOf, mute: muteAlarms } = await import('../stack/alarms.ts');
  const span = parseSpan('for', form.for ?? '');
  const names = (await alarmsOf(target, name)).map((alarm) => alarm.name);
  const back = `/sources/${encodeURIComponent(name)}`;
  if (names.length === 0) return { ok: false, says: ['This source has no alarms of its own.'], back };
  const { until } = await muteAlarms(target, name, { names, span });
  return { ok: true, says: [`Mute until ${until.toISOString()}: ${names.join(', ')}.`], back };
}

const personPathOf = (address: string): string => `/people/${encodeURIComponent(address)}`;
