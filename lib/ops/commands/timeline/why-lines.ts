import type { Spared } from '../../../../lambda/domain/suppression/policy.ts';
import { clean } from '../../words/clean.ts';
import { endOf } from '../../words/time.ts';
import type { Why } from './why.ts';

/** What an event came to, in lines that stand under it. */
export function whyLines({ key, until = 0, echo, spared, retracted, rule }: Why): string[] {
  const end = until === 0 ? 'lifts' : 'suppresses';
  const lasts = until === 0 ? '' : endOf(until) === 'for ever' ? ' for ever' : ` until ${endOf(until)}`;
  const more = [
    echo && "the ESP's own list, which counts for nothing once the reason was lifted here",
    retracted && `taken back by ${retracted}: it does not count`,
  ].filter(Boolean);
  const came = spared
    ? `changes nothing (${spared}): ${SPARED_WORDS[spared]}`
    : `${end} ${key ?? ''}${lasts}${more.length > 0 ? `; ${more.join('; ')}` : ''}`;
  return [`    why   ${came}`, ...(rule === undefined ? [] : [`    rule  ${rule}`])].map(clean);
}

const SPARED_WORDS: Readonly<Record<Spared, string>> = {
  'no-effect': 'its kind never does',
  'not-hard': 'it is not certain that the failure is permanent',
  'sender-side': 'it speaks about the sender or the mail, not about the recipient',
  'several-candidates': 'it may be about one of several people, nobody knows which',
  'switched-off': "the stage's policy says that this never suppresses",
  'no-recipient': 'it names no recipient that can be read',
  'no-time': 'it has no time that can be read',
  'address-altered': "the address was written so that it may be somebody else's",
  'series-too-short': 'a soft bounce counts as one of a series only, and this one completed none',
};
