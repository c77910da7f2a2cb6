import type { Rule } from '../rule.ts';
import { BLOCK_RULES } from './block.ts';
import { DOMAIN_RULES, MAILBOX_RULES } from './dead.ts';
import { ELSEWHERE_RULES } from './dead-elsewhere.ts';
import { FULL_RULES } from './full.ts';
import { LATER_RULES, RATE_RULES } from './later.ts';
import { SENDER_RULES } from './sender.ts';
import { VAGUE_RULES } from './vague.ts';

const [edge, ...mailbox] = MAILBOX_RULES as [Rule, ...Rule[]];

/**
 * The order in which a reply is read; the first rule that fits decides. Whose fault is spoken of comes first and the dead mailbox
 * nearly last: a wrong block costs nobody anything, a wrong "dead" silences a person.
 */
export const RULES: readonly Rule[] = [
  ...SENDER_RULES,
  ...RATE_RULES,
  ...FULL_RULES,
  ...LATER_RULES,
  edge,
  ...BLOCK_RULES,
  ...DOMAIN_RULES,
  ...mailbox,
  ...ELSEWHERE_RULES,
  ...VAGUE_RULES,
];

export { FULL_RULES };
