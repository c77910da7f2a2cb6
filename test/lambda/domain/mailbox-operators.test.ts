import { expect, test } from '@jest/globals';
import { mailboxOperator } from '../../../lambda/domain/mailbox-operators.ts';

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
