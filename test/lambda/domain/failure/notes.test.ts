import { describe, expect, test } from '@jest/globals';
import { explainReply } from '../../../../lambda/domain/failure/index.ts';
import { NOTES } from '../../../../lambda/domain/failure/notes/index.ts';

/** What stands behind each rule: somebody who publishes such words, a reply that it decides, and one that is close to it. */

describe.each([...NOTES.values()])('$rule', ({ rule, source, example, nearMiss, status }) => {
  test('is published somewhere', () => {
    expect(URL.canParse(source) && /^https?:$/.test(new URL(source).protocol)).toBe(true);
  });

  test('decides its example and not the near miss, which says something too', () => {
    const decides = (text: string) => explainReply({ text, ...(status && { status }) }).rule;
    expect(decides(example)).toBe(rule);
    expect(nearMiss).toMatch(/\p{L}{2}/u);
    expect(decides(nearMiss)).not.toBe(rule);
  });
});
