import { stackName } from './outputs.ts';

/**
 * Alarm names, for those who must find an alarm again: the stack names them so, the ops CLI mutes them. A name is
 * `quell-<stage>-<heading>`, or `quell-<stage>-<heading>-<subject>` in a family; the heading is the runbook's.
 */
export const alarmName = (stage: string, heading: string, subject?: string): string =>
  `${stackName(stage)}-${heading}${subject ? `-${subject}` : ''}`;

/** Headings of the alarms that are about one source and end in its name. Not every source has every one. */
export const SOURCE_ALARMS = [
  'silence',
  'trickle',
  'refused-proofs',
  'unreadable',
  'unverifiable',
  'undelivered-notifications',
  'undelivered-expire',
  'traffic-surge',
] as const;

/** The rule by which the CLI mutes the alarms of one source. */
export const muteRuleName = (stage: string, source: string): string => `${stackName(stage)}-mute-${source}`;

/** `missing-kinds`: without a single delivery, so many hard bounces are no small day. */
export const FEW_BOUNCES = 20;
/** Among so many times the mails that are enough for a rate some address is dead: one in five thousand is, on the best of lists. */
export const SURELY_BOUNCES = 50;
