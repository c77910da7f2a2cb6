import type { Way } from '../../aws/dynamodb/events.ts';
import type { Opened } from './opened.ts';

/** How the events of a message are stored: as they come, unless it is a replay. */
export function wayOf(opened: Opened | undefined): Way {
  const { origin, replay } = opened?.message ?? {};
  return origin === 'replay' ? { quiet: replay?.publish !== true, rewrite: replay?.rewrite === true } : {};
}
