import * as v from 'valibot';
import { UNSUBSCRIBE_LANGUAGES, UNSUBSCRIBE_TEXTS } from '../../lambda/contract/unsubscribe.ts';
import { objectOf, switchable } from './group.ts';
import type { Mistake } from './mistakes.ts';
import { wholeNumber } from './values.ts';

const TAG = 'the tag of a language in lower case, such as "nl" or "pt-br"';
/** The page asks JavaScript for the language's own name, which throws where the parts make no tag: every page would fail. */
function isTag(text: string): boolean {
  if (!/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/.test(text)) return false;
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}
const languageTag = v.pipe(v.string(TAG), v.check(isTag, TAG));
const LINE = 'one line of text, at most 500 characters';
const line = v.pipe(v.string(LINE), v.regex(/^[^\p{Cc}]{1,500}$/u, LINE));
const SCOPE = 'a scope as the suppression table names it, such as "shop:list:weekly"';
const scope = v.pipe(v.string(SCOPE), v.regex(/^[^\p{Cc}]{1,255}$/u, SCOPE));
const TEXT_NAME = `one of ${UNSUBSCRIBE_TEXTS.join(', ')}`;

/** The page on which people leave lists, and the links to it. Absent or `false` = there is none; `true` = `{}`. */
export const unsubscribe = v.exactOptional(
  v.pipe(
    switchable(
      objectOf({
        sender: v.exactOptional(line),
        language: v.optional(languageTag, 'en'),
        lists: v.optional(v.record(scope, line, 'an object from scope to name'), {}),
        texts: v.optional(
          v.record(
            languageTag,
            v.record(v.picklist(UNSUBSCRIBE_TEXTS, TEXT_NAME), line, 'an object from name to text'),
            'an object from language to texts',
          ),
          {},
        ),
        throttling: v.exactOptional(
          objectOf({
            rate: v.exactOptional(wholeNumber(1, 10_000, 'requests per second')),
            burst: v.exactOptional(wholeNumber(1, 5000, 'requests')),
          }),
        ),
      }),
    ),
    v.transform((on) => on || undefined),
  ),
);

/** A first language that the page does not have. */
export function unsubscribeMistakes(given: v.InferOutput<typeof unsubscribe> | undefined): Mistake[] {
  if (given === undefined) return [];
  const { language, texts } = given;
  const offered = [...UNSUBSCRIBE_LANGUAGES, ...Object.keys(texts)];
  if (offered.includes(language)) return [];
  const problem = `is "${language}", and there are no texts in it: allowed: ${offered.join(', ')}, or one of texts`;
  return [{ path: ['unsubscribe', 'language'], problem }];
}
