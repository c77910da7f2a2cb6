import type { Context as Call } from 'hono';
import { UsageError } from '../../cli/errors.ts';
import { eraseAddress } from '../../commands/erase/erase.ts';
import { checkNote } from '../../commands/erase/note.ts';
import { liftByHand, listLines, planLifting } from '../../commands/lift/lifting.ts';
import { suppressAddresses } from '../../commands/suppress/suppress.ts';
import { awaitActs } from '../../stack/effects.ts';
import { parseReasonScope } from '../../words/reasons.ts';
import { parseEnd } from '../../words/time.ts';
import { addressOf } from '../answers.ts';
import { eraseFields, suppressFields } from '../pages/forms.ts';
import { personPath } from '../parts/words.ts';
import { type Action, handIn, PATIENCE } from './action.ts';

/** What is left to tell stands on the page that follows. */
const quiet = (): void => {};

const person = (call: Call) => {
  const address = addressOf(call);
  return { address, back: personPath(address), action: call.req.path };
};

const SUPPRESS: Action = {
  act: 'suppress',
  path: '/people/:address/suppress',
  ask: (call) => ({
    title: `Suppress ${person(call).address}`,
    says: [
      'No service that asks the list will mail this address, from the next second on. It goes through a queue like every event, and is recorded.',
    ],
    button: 'Suppress',
    fields: suppressFields(),
    ...person(call),
  }),
  async run(call, form, { target }) {
    const recipient = addressOf(call);
    const reason = parseReasonScope(form.reason, form.scope === '' ? undefined : form.scope);
    const at = Date.now();
    const until = parseEnd({ days: form.days === '' ? undefined : form.days }, at);
    const hand = await handIn(target, 'suppress', form);
    const acts = await suppressAddresses(target, [recipient], { ...reason, at, until }, hand, quiet);
    const missing = await awaitActs(target, acts);
    return { ok: missing === 0, says: [missing === 0 ? 'Suppressed.' : PATIENCE], back: personPath(recipient) };
  },
};

const LIFT: Action = {
  act: 'lift',
  path: '/people/:address/lift',
  ask: (call) => ({
    title: `Lift ${person(call).address}`,
    says: [
      'Every reason that stands against this address ends now. Older evidence that arrives late does not bring it back; newer evidence does.',
    ],
    button: 'Lift',
    ...person(call),
  }),
  async run(call, form, { target }) {
    const { address, back } = person(call);
    const hand = await handIn(target, 'lift', form);
    const { acts, told } = await planLifting(target, [address], {}, hand);
    if (acts.length === 0) return { ok: false, says: ['Nothing to lift: no reason suppresses this address.'], back };
    await liftByHand(target, acts, 'every reason', hand, quiet);
    const missing = await awaitActs(target, acts);
    return { ok: missing === 0, says: [missing === 0 ? 'Lifted.' : PATIENCE, ...listLines(target, told)], back };
  },
};

const ERASE: Action = {
  act: 'erase',
  path: '/people/:address/erase',
  ask: (call) => ({
    title: `Erase ${person(call).address}`,
    says: [
      "Every recorded event of this address and its entry on the list are removed. Not reached: the archive, dead letters, published events, and every ESP's own records.",
    ],
    button: 'Erase',
    final: 'I know that this cannot be undone',
    fields: eraseFields(),
    ...person(call),
  }),
  async run(call, form, { target }) {
    const { address, back } = person(call);
    const hand = await handIn(target, 'erase', form);
    checkNote(address, hand.note);
    if (form.really !== 'yes') throw new UsageError('Nothing was erased: tick the box that says so.');
    const { events, kept } = await eraseAddress(target, address, form.keep === 'yes', hand);
    return {
      ok: true,
      says: [
        `Erased: ${events} events, and the entry on the list.`,
        ...(kept ? ['The bare fact that no mail may be sent was kept.'] : []),
      ],
      back,
    };
  },
};

export const PERSON_ACTIONS: readonly Action[] = [SUPPRESS, LIFT, ERASE];
