import type { Context as Call } from 'hono';
import { UsageError } from '../../cli/errors.ts';
import { dropLetters, redriveLetters } from '../../commands/dlq/work.ts';
import type { Context } from '../context.ts';
import { lettersModel, readGroupKey } from '../model/letters.ts';
import { many } from '../parts/words.ts';
import { type Action, handIn } from './action.ts';

const REDRIVEN_A_SECOND = 50;
const BACK = '/letters';

const keyOf = (call: Call): string => call.req.param('group') ?? '';

/** How many letters a question is about, before anything is done. @throws UsageError where there are none */
async function asked(call: Call, context: Context) {
  const key = keyOf(call);
  const { groups } = await lettersModel(context);
  const letters = groups.find((group) => group.key === key)?.letters;
  if (letters === undefined) throw new UsageError('There is no such dead letter any more: it was redriven or dropped.');
  return { whole: `${many(letters, 'dead letter')}: ${key.replace('~', ', ')}`, back: BACK, action: call.req.path };
}

const REDRIVE: Action = {
  act: 'dlq redrive',
  path: '/letters/:group/redrive',
  async ask(call, context) {
    const { whole, ...rest } = await asked(call, context);
    return {
      title: `Redrive ${whole}`,
      says: [
        'They go back to the delivery queue and are processed like new events; what was counted before counts once. What fails again comes back here.',
      ],
      button: 'Redrive',
      ...rest,
    };
  },
  async run(call, form, { target }) {
    const hand = await handIn(target, 'redrive', form);
    const count = await redriveLetters(target, readGroupKey(keyOf(call)), REDRIVEN_A_SECOND, { hand });
    return {
      ok: count > 0,
      says: [`Put back on the delivery queue: ${count}. What fails again is back within a minute.`],
      back: BACK,
    };
  },
};

const DROP: Action = {
  act: 'dlq drop',
  path: '/letters/:group/drop',
  async ask(call, context) {
    const { whole, ...rest } = await asked(call, context);
    return {
      title: `Drop ${whole}`,
      says: ['They are deleted. Whoever they speak of is not suppressed by them.'],
      button: 'Drop',
      final: 'I know that these events are lost then',
      ...rest,
    };
  },
  async run(call, form, { target }) {
    const hand = await handIn(target, 'drop', form);
    if (form.really !== 'yes') throw new UsageError('Nothing was dropped: tick the box that says so.');
    const count = await dropLetters(target, readGroupKey(keyOf(call)), { hand });
    return { ok: count > 0, says: [`Deleted for good: ${count}.`], back: BACK };
  },
};

export const LETTER_ACTIONS: readonly Action[] = [REDRIVE, DROP];
