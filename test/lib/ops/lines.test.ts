import { describe, expect, test } from '@jest/globals';
import { EVENT_TYPES } from '../../../lambda/contract/event/types.ts';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import type { ActRecord } from '../../../lib/ops/audit/act.ts';
import { actLine } from '../../../lib/ops/audit/line.ts';
import { groupLine } from '../../../lib/ops/commands/dlq/groups.ts';
import { describeEntry, type Entry } from '../../../lib/ops/stack/suppression.ts';
import { storyLine } from '../../../lib/ops/words/story.ts';

/** What the far side wrote stands in lines of ours: it ends none, begins none, and turns none round. */
const HOSTILE = 'no\r\nada@example.com  NOT suppressed\u2028\u202e\u2066\u001b[2J\u009b';
const MARKS = ['\n', '\r', '\t', '\u2028', '\u202e', '\u2066', '\u001b', '\u009b'];

const expectOneLine = (line: string): void => {
  expect(line).toContain('NOT suppressed');
  expect(MARKS.filter((mark) => line.includes(mark))).toEqual([]);
};

describe('a value forges no line', () => {
  const facts = ['source', 'messageId', 'diagnostic', 'smtpStatus', 'userAgent', 'url', 'scope', 'reason', 'actor'];
  const texts = [...facts, 'note', 'importId', 'providerEvent', 'from', 'subject', 'recipient'];
  const event = (type: string) =>
    ({ ...Object.fromEntries(texts.map((name) => [name, HOSTILE])), type }) as unknown as NormalisedEvent;

  test.each([...EVENT_TYPES])('of a timeline: %s', (type) => expectOneLine(storyLine(event(type))));

  test('of the list', () => {
    const mark = { at: HOSTILE, source: HOSTILE, note: HOSTILE, actor: HOSTILE, event: HOSTILE, until: 9e9 };
    const entry = {
      suppressedUntil: 9e9,
      transactionalUntil: 0,
      scopes: { [HOSTILE]: 9e9 },
      reasons: { manual: [mark], [`unsubscribe ${HOSTILE}`]: [mark] },
      version: 1,
      updatedAt: HOSTILE,
    } as unknown as Entry;
    const lines = describeEntry('ada@example.com', entry, { kind: 'marketing' }, 1, event('bounced'));
    for (const line of lines) expect([line, MARKS.filter((mark) => line.includes(mark))]).toEqual([line, []]);
    expect(lines.filter((line) => line.includes('NOT suppressed')).length).toBeGreaterThan(2);
  });

  test('of the audit', () => {
    const act = { ...{ at: 'now', what: 'lift', result: 'done', counts: { [HOSTILE]: 1 }, on: [HOSTILE], id: 'x' } };
    expectOneLine(
      actLine({ ...act, actor: HOSTILE, note: HOSTILE, how: HOSTILE, error: HOSTILE } as unknown as ActRecord),
    );
  });

  test('of the dead letters, whose attributes a topic may have brought along', () => {
    const group = { ...{ reason: HOSTILE, source: HOSTILE, detail: HOSTILE, example: HOSTILE }, letters: 2 };
    expectOneLine(groupLine({ ...group, oldest: '2026-11-20', newest: '2026-11-21' }));
  });
});
