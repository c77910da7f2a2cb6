import type { EventType } from './event/types.ts';
import { stackName } from './outputs.ts';

/** What stands on the event bus. Names are a contract with the rules of others; `docs/schemas/` describes the details. */
export const BUS_SOURCE = 'quell';

export const DETAIL_TYPES = {
  suppressionChanged: 'Suppression Changed',
  emailEvent: 'Email Event',
  clicksSurging: 'Clicks Surging',
} as const;
export type DetailType = (typeof DETAIL_TYPES)[keyof typeof DETAIL_TYPES];

export const busName = (stage: string): string => stackName(stage);

/** Types that are published unless the settings name others. */
export const PUBLISHED_TYPES: readonly EventType[] = ['bounced', 'complained', 'unsubscribed', 'resubscribed'];
