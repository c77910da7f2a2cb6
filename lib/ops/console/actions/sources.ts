import type { Context as Call } from 'hono';
import { switchByHand } from '../../commands/switches/switch.ts';
import { sourceOf } from '../../target/target.ts';
import { parseSpan } from '../../words/time.ts';
import { muteFields } from '../pages/forms.ts';
import { many } from '../parts/words.ts';
import { type Action, handIn } from './action.ts';

const source = (call: Call) => {
  const name = call.req.param('name') ?? '';
  return { name, back: `/sources/${encodeURIComponent(name)}`, action: call.req.path };
};

const PAUSE: Action = {
  act: 'pause',
  path: '/sources/:name/pause',
  ask: (call, { target }) => ({
    title: 'Pause processing',
    says: [
      `There is one queue for all sources, so that this pauses ${many(target.names.sources.size, 'source')}, not ${source(call).name} alone.`,
      'Events are still taken in and wait in the queue for 14 days at most. Nothing is lost, and nobody is suppressed meanwhile.',
    ],
    button: 'Pause',
    ...source(call),
  }),
  async run(call, form, { target }) {
    const changed = await switchByHand(target, 'pause', await handIn(target, 'pause', form));
    const says = changed ? 'Paused. Events of every source wait in the delivery queue.' : 'It was paused already.';
    return { ok: true, says: [says], back: source(call).back };
  },
};

const RESUME: Action = {
  act: 'resume',
  path: '/sources/:name/resume',
  ask: (call) => ({
    title: 'Resume processing',
    says: ['What has waited in the delivery queue is worked off, oldest first.'],
    button: 'Resume',
    ...source(call),
  }),
  async run(call, form, { target }) {
    const changed = await switchByHand(target, 'resume', await handIn(target, 'resume', form));
    const says = changed ? 'Running. What has waited is worked off now.' : 'It was running already.';
    return { ok: true, says: [says], back: source(call).back };
  },
};

const MUTE: Action = {
  act: 'mute',
  path: '/sources/:name/mute',
  ask: (call) => ({
    title: `Mute the alarms of ${source(call).name}`,
    says: ['They go on measuring and notify nobody until the time is over. An alarm that is still on then notifies.'],
    button: 'Mute',
    fields: muteFields(),
    ...source(call),
  }),
  async run(call, form, { target }) {
    const { name, back } = source(call);
    const hand = await handIn(target, 'mute', form);
    sourceOf(target, name);
    const { muteByHand } = await import('../../commands/switches/mute-by-hand.ts');
    const muted = await muteByHand(target, name, parseSpan('for', form.for ?? ''), hand);
    if (!muted) return { ok: false, says: ['This source has no alarms of its own.'], back };
    return { ok: true, says: [`Mute until ${muted.until.toISOString()}: ${muted.names.join(', ')}.`], back };
  },
};

export const SOURCE_ACTIONS: readonly Action[] = [PAUSE, RESUME, MUTE];
