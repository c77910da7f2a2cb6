import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import {
  MAILBOX_OPERATORS,
  mailboxOperator,
  mayComplain,
  titlesOf,
  WITHOUT_COMPLAINTS,
} from '../../../lambda/domain/mailbox-operators.ts';

test.each([
  ['a@gmail.com', 'google'],
  ['a@googlemail.com', 'google'],
  ['a@hotmail.co.uk', 'microsoft'],
  ['a@live.nl', 'microsoft'],
  ['"a@yahoo.com"@aol.com', 'yahoo'],
  ['a@yahoo.co.jp', 'yahoo'],
  ['a@icloud.com', 'apple'],
  ['a@comcast.net', 'comcast'],
  ['a@gmx.de', 'united_internet'],
  ['a@web.de', 'united_internet'],
  ['a@example.com', undefined],
  ['a@gmail.com.example.com', undefined],
  ['a@notgmail.com', undefined],
  ['a@live.example.com', undefined],
  ['', undefined],
])('%s is of %s', (address, operator) => {
  expect(mailboxOperator(address)).toBe(operator);
});

test('each is called by one word, and by the same as people write it', () => {
  expect(MAILBOX_OPERATORS.map(({ title }) => title.toLowerCase().replace(' ', '_'))).toEqual(
    MAILBOX_OPERATORS.map(({ name }) => name),
  );
});

test('pages that name them name every one', () => {
  const places: readonly (readonly [page: string, passage: RegExp])[] = [
    ['docs/settings.md', /^\| `alarms\.mailboxBlocks` .*$/m],
    ['docs/runbook.md', /^## mailbox-blocks\n\n\*\*Means\.\*\*[\s\S]*?\n\n/m],
  ];
  const missing = places.flatMap(([page, passage]) => {
    const said = passage.exec(readFileSync(page, 'utf8'))?.[0].replaceAll('\n', ' ') ?? '';
    return MAILBOX_OPERATORS.filter(({ title }) => !said.includes(title)).map(({ title }) => `${page}: ${title}`);
  });
  expect(missing).toEqual([]);
});

test('pages that say who reports no complaints name those', () => {
  const silent = titlesOf(WITHOUT_COMPLAINTS);
  const pages = ['docs/cli.md', 'docs/archive.md'];
  expect(pages.filter((page) => !readFileSync(page, 'utf8').includes(silent))).toEqual([]);
});

test('a complaint of somebody at Google or Apple never reaches a sender; of everybody else it may', () => {
  const never = ['gmail.com', 'googlemail.com', 'icloud.com', 'me.com', 'mac.com'];
  const may = ['outlook.com', 'msn.com', 'yahoo.com', 'aol.com', 'comcast.net', 'gmx.net', 'web.de', 'example.com'];
  expect([...never, ...may].filter((domain) => !mayComplain(`"a@example.com"@${domain}`))).toEqual(never);
});
