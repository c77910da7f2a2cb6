import { expect, test } from '@jest/globals';
import { MAILBOX_OPERATORS, mailboxOperator, mayComplain } from '../../../lambda/domain/mailbox-operators.ts';

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

test('a complaint of somebody at Google or Apple never reaches a sender; of everybody else it may', () => {
  const never = ['gmail.com', 'googlemail.com', 'icloud.com', 'me.com', 'mac.com'];
  const may = ['outlook.com', 'msn.com', 'yahoo.com', 'aol.com', 'comcast.net', 'gmx.net', 'web.de', 'example.com'];
  expect([...never, ...may].filter((domain) => !mayComplain(`"a@example.com"@${domain}`))).toEqual(never);
});
