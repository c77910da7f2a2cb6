import { LIST_SITES } from './lists.ts';
import { fold } from './rule.ts';

/** What a receiver has to say is said by then; bounds the work of all patterns. */
const MAX_TEXT = 2000;

interface Words {
  /** The words alone: small letters, names masked as `@`, wrappers and numbers gone. */
  readonly words: string;
  /** The reply as given, cut; numbers are read from it. */
  readonly text: string;
}

/** Stages of the dialogue that matter: before any recipient was named, and after the mail itself was sent. */
export const EARLY = '{early} ';
export const AFTER_DATA = '{data} ';
const LIST = ' {list} ';

/** Words that stand in quotes and still are words. */
const QUOTED_WORDS = /^.(from|to|sender|helo|ehlo|received|mail)\W?$/i;

/**
 * Names are no words: a local part, a host or the address of a page may be called "user-unknown" or "spam". Only the site of a
 * public block list means something.
 */
function masked(text: string): string {
  return text
    .replace(/\s/g, ' ')
    .replace(/<[^<>\s]{0,320}>/g, ' @ ')
    .replace(/[^\s<>()[\],;:"'@]{1,64}@[^\s<>()[\],;:"'@]{1,255}/g, ' @ ')
    .replace(/(?:https?:\/\/|www\.)[^\s<>"')]{1,600}/gi, site)
    .replace(/(?<![\w.-])(?:[\w-]{1,63}\.){1,8}(?:[a-z]{2,24}|[A-Z]{2,24})(?![\w-]|\.\w)/g, site)
    .replace(/\[?\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?:\/\d{1,2})?\]?/g, ' @ ')
    .replace(/\[?(?<![\w:])(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?!\w)\]?/gi, ' @ ')
    .replace(/(?<!\w)(?:"[^\s"]{1,128}"|'[^\s']{1,128}'(?!\w))/g, (quoted) =>
      QUOTED_WORDS.test(quoted) ? quoted : ' @ ',
    );
}

const site = (name: string): string => (LIST_SITES.test(name) ? LIST : ' @ ');

/** Who passes a reply on adds words of their own. They say when something was said, and nothing of why. */
const WRAPPERS =
  /\b(?:from|to|proto|helo|relay|sender)=(?: ?@ ?)?\S{0,64}|noqueue: reject:|\brcpt from\b|\bhost @ ?(?:@ ?)?said:?|\bhost @ @ ?:|remote (?:host|server|mta|smtp server)(?: said| returned| responded with| response)?(?: an error)?:?|\b(?:unknown address error|other (?:mail system|network|address|protocol) problem|bad destination host)\b|smtp error from remote (?:mail )?server|diagnostic-code:|@ does not like recipient\.|giving up on @ ?\.?|while talking to @ ?\.?:?|\bsmtp;|\(?in reply to (?:the )?[a-z ]{1,30}command\)?|\bafter (?:pipelined |end of |initial )?(?:rcpt to|mail from|data|connection|helo|ehlo)\b:?(?: ?@ ?:)?|refused to talk to me:?|>>> (?:mail from|rcpt to|data|[eh][eh]lo)\b:?(?: ?@ ?<<<)?|rejected (?=ehlo or helo|[eh][eh]lo)/g;

const IS_EARLY =
  /in reply to (?:the )?(?:mail from|helo|ehlo|lhlo|initial|greeting|connect|starttls|auth)|\bafter (?:pipelined )?(?:mail from|helo|ehlo|initial connection|starttls|auth)\b|refused to talk to me|>>> ?(?:mail|helo|ehlo|starttls|auth)\b[^<>]{0,300}<<< {0,3}5/;
const IS_AFTER_DATA =
  /in reply to (?:the )?(?:end of )?data|\bafter (?:pipelined )?(?:end of )?data\b|>>> ?data\b[^<>]{0,60}<<< {0,3}5/;

/** The words of a reply, and at which stage of the dialogue they were said. */
export function wordsOf(given: string | undefined): Words {
  const text = (given ?? '').slice(0, MAX_TEXT);
  const plain = fold(masked(text).toLowerCase()).replaceAll('’', "'").replace(/ {2,}/g, ' ');
  const stage = IS_EARLY.test(plain) ? EARLY : IS_AFTER_DATA.test(plain) && !/\b5\.1\.1\b/.test(text) ? AFTER_DATA : '';
  const words = plain
    .replace(WRAPPERS, ' ')
    .replace(/#?\b[245]\.\d{1,3}\.\d{1,3}\b|\b[245]\d\d\b-?|\.{2,}|…|_/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return { words: stage + words, text };
}
