import type { Way } from '../../aws/event-store.ts';
import type { Opened } from './message.ts';

/** How the events of a message are stored: as they come, unless it is a replay. */
export function wayOf(opened: Opened | undefined): Way {
  const { origin, replay } = opened?.message ?? {};
  return origin === 'replay' ? { quiet: replay?.publish !== true, rewrite: replay?.rewrite === true } : {};
}
