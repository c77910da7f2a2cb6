import type { Context as Call } from 'hono';
import { switchByHand } from '../../commands/switches/switch.ts';
import { sourceOf } from '../../target/target.ts';
import { parseSpan } from '../../words/time.ts';
import type { Context } from '../context.ts';
import { muteFields } from '../pages/forms.ts';
import { many } from '../parts/words.ts';
import { type Action, handIn } from './action.ts';

/** @throws UsageError where there is no such source */
const source = (call: Call, { target }: Pick<Context, 'target'>) => {
  const name = call.req.param('name') ?? '';
  sourceOf(target, name);
  return { name, back: `/sources/${encodeURIComponent(name)}`, action: call.req.path };
};

const PAUSE: Action = {
  act: 'pause',
  path: '/sources/:name/pause',
  ask: (call, context) => ({
    title: 'Pause processing',
    says: [
      `There is one queue for all sources, so that this pauses ${many(context.target.names.sources.size, 'source')}, not ${source(call, context).name} alone.`,
      'Events are still taken in and wait in the queue for 14 days at most. Nothing is lost, and nobody is suppressed meanwhile.',
    ],
    button: 'Pause',
    ...source(call, context),
  }),
  async run(call, form, { target }) {
    const { back } = source(call, { target });
    const changed = await switchByHand(target, 'pause', await handIn(target, 'pause', form));
    const says = changed ? 'Paused. Events of every source wait in the delivery queue.' : 'It was paused already.';
    return { ok: true, says: [says], back };
  },
};

const RESUME: Action = {
  act: 'resume',
  path: '/sources/:name/resume',
  ask: (call, context) => ({
    title: 'Resume processing',
    says: ['What has waited in the delivery queue is worked off, oldest first.'],
    button: 'Resume',
    ...source(call, context),
  }),
  async run(call, form, { target }) {
    const { back } = source(call, { target });
    const changed = await switchByHand(target, 'resume', await handIn(target, 'resume', form));
    const says = changed ? 'Running. What has waited is worked off now.' : 'It was running already.';
    return { ok: true, says: [says], back };
  },
};

const MUTE: Action = {
  act: 'mute',
  path: '/sources/:name/mute',
  ask: (call, context) => ({
    title: `Mute the alarms of ${source(call, context).name}`,
    says: ['They go on measuring and notify nobody until the time is over. An alarm that is still on then notifies.'],
    button: 'Mute',
    fields: muteFields(),
    ...source(call, context),
  }),
  async run(call, form, { target }) {
    const { name, back } = source(call, { target });
    const hand = await handIn(target, 'mute', form);
    const { muteByHand } = await import('../../commands/switches/mute-by-hand.ts');
    const muted = await muteByHand(target, name, parseSpan('for', form.for ?? ''), hand);
    if (!muted) return { ok: false, says: ['This source has no alarms of its own.'], back };
    return { ok: true, says: [`Mute until ${muted.until.toISOString()}: ${muted.names.join(', ')}.`], back };
  },
};

export const SOURCE_ACTIONS: readonly Action[] = [PAUSE, RESUME, MUTE];
