import { describe, expect, test } from '@jest/globals';
import { BadLine, type Defaults, readTime } from '../../../lambda/providers/list-file.ts';
import { LIST_FILES } from '../../../lambda/providers/list-files.ts';

/** The suppression lists that ESPs export as files: what a line of each means. */

const files = new Map(LIST_FILES);
function line(esp: string, cells: Record<string, string>, defaults: Defaults = {}): unknown {
  try {
    return files.get(esp)?.read(new Map(Object.entries(cells)), defaults);
  } catch (error) {
    if (!(error instanceof BadLine)) throw error;
    return error.message;
  }
}
const AT = '2026-05-04T10:00:00.000Z';
const ada = 'ada@example.com';

test('a file is taken for the first whose columns it has: the most telling come first', () => {
  const whose = (...columns: string[]) =>
    LIST_FILES.find(([, { columns: known }]) =>
      known.every((one) => [one].flat().some((name) => columns.includes(name))),
    )?.[0];
  expect(whose('emailaddress', 'suppressionreason', 'origin', 'createdat')).toBe('postmark');
  expect(whose('emailaddress', 'reason', 'lastupdatetime')).toBe('ses');
  for (const column of ['createdat', 'code', 'error', 'tags', 'tag']) expect(whose('address', column)).toBe('mailgun');
  for (const column of ['source', 'type']) expect(whose('recipient', column)).toBe('sparkpost');
  for (const column of ['unsubtime', 'cleantime']) expect(whose('emailaddress', column)).toBe('mailchimp');
  for (const column of ['blockedat', 'reasoncode']) expect(whose('email', column)).toBe('brevo');
  expect(whose('email', 'created')).toBe('sendgrid');
  expect([whose('email'), whose('address'), whose('recipient'), whose('emailaddress')]).toEqual(
    Array(4).fill(undefined),
  );
});

test("SES's file of the console has no header", () => {
  const { headless } = files.get('ses') ?? {};
  expect(headless?.columns).toEqual(['emailaddress', 'reason', 'lastupdatetime']);
  for (const [first, known] of [
    [`${ada},BOUNCE,2026-05-04`, true],
    [`${ada};"complaint"`, true],
    [`${ada},MANUAL`, false],
    ['EmailAddress,Reason', false],
  ] as const)
    expect(headless?.firstLine.test(first)).toBe(known);
});

describe('a line', () => {
  test.each<[string, Record<string, string>, object | string | undefined, Defaults?]>([
    [
      'postmark',
      { emailaddress: ada, suppressionreason: 'HardBounce', createdat: AT },
      { reason: 'hard_bounce', at: AT },
    ],
    ['postmark', { emailaddress: ada, suppressionreason: 'SpamComplaint' }, { reason: 'complaint' }],
    [
      'postmark',
      { emailaddress: ada, suppressionreason: 'ManualSuppression', origin: 'Customer' },
      { reason: 'manual' },
    ],
    // The person's own is an unsubscribe of that stream.
    [
      'postmark',
      { emailaddress: ada, suppressionreason: 'ManualSuppression', origin: 'Recipient' },
      { reason: 'unsubscribe', scope: 's' },
      { scope: 's' },
    ],
    [
      'postmark',
      { emailaddress: ada, suppressionreason: 'HardBounce', origin: 'Recipient' },
      { reason: 'hard_bounce' },
    ],
    ['ses', { emailaddress: ada, reason: 'BOUNCE', lastupdatetime: AT }, { reason: 'hard_bounce', at: AT }],
    ['ses', { emailaddress: ada, reason: 'COMPLAINT' }, { reason: 'complaint' }],
    [
      'mailgun',
      { address: ada, createdat: AT, code: '550', error: 'no' },
      {
        reason: 'hard_bounce',
        at: AT,
        webhook: {
          provider: 'mailgun',
          raw: JSON.stringify({
            'event-data': {
              event: 'failed',
              severity: 'permanent',
              reason: 'bounce',
              'delivery-status': { code: '550', message: 'no' },
            },
          }),
        },
      },
    ],
    ['mailgun', { address: ada, tags: '*' }, { reason: 'unsubscribe', scope: 's' }, { scope: 's' }],
    ['mailgun', { address: ada, tag: '*' }, { reason: 'unsubscribe' }],
    ['mailgun', { address: ada, createdat: AT }, { reason: 'complaint', at: AT }, { reason: 'complaint' }],
    ['mailgun', { address: ada }, 'it gives no reason: name one with --reason'],
    ['sparkpost', { recipient: ada, source: 'Spam Complaint', created: AT }, { reason: 'complaint', at: AT }],
    [
      'sparkpost',
      { recipient: ada, source: 'List Unsubscribe' },
      { reason: 'unsubscribe', scope: 's' },
      { scope: 's' },
    ],
    ['sparkpost', { recipient: ada, source: 'Unsubscribe Link' }, { reason: 'unsubscribe' }],
    ['sparkpost', { recipient: ada, source: 'Manually Added' }, { reason: 'manual' }],
    ['sparkpost', { recipient: ada, source: 'Compliance' }, { reason: 'manual' }],
    [
      'sparkpost',
      { recipient: ada, source: 'Bounce Rule', description: '550 no', updated: AT, created: '2020-01-01' },
      { reason: 'hard_bounce', at: AT, reply: { text: '550 no' } },
    ],
    [
      'mailchimp',
      { emailaddress: ada, unsubtime: '2026-05-04 10:00:00' },
      { reason: 'unsubscribe', at: AT, scope: 's' },
      { scope: 's' },
    ],
    ['mailchimp', { emailaddress: ada, cleantime: '2026-05-04 10:00:00' }, { reason: 'hard_bounce', at: AT }],
    ['mailchimp', { emailaddress: ada, cleantime: AT, unsubtime: '2020-01-01' }, { reason: 'hard_bounce', at: AT }],
    ['mailchimp', { emailaddress: ada }, undefined],
    ['brevo', { email: ada, reasoncode: 'hardBounce', blockedat: AT }, { reason: 'hard_bounce', at: AT }],
    ['brevo', { email: ada, 'reason.code': 'contactFlaggedAsSpam' }, { reason: 'complaint' }],
    ['brevo', { email: ada, reason: 'unsubscribedViaEmail' }, { reason: 'unsubscribe', scope: 's' }, { scope: 's' }],
    ['brevo', { email: ada, reason: 'unsubscribedViaMA' }, { reason: 'unsubscribe' }],
    ['brevo', { email: ada, reason: 'unsubscribedViaApi' }, { reason: 'unsubscribe' }],
    ['brevo', { email: ada, reason: 'adminBlocked' }, { reason: 'manual' }],
    ['brevo', { email: ada, reason: 'whatever' }, 'its reason is not known'],
    [
      'sendgrid',
      { email: ada, created: '1777888800', groupid: '7' },
      { reason: 'unsubscribe', at: AT, scope: 'shop:asm:7' },
      { sourceName: 'shop' },
    ],
    [
      'sendgrid',
      { email: ada, groupid: '7' },
      'it names a group: say with --source-name which source its scope belongs to',
    ],
    ['sendgrid', { email: ada, created: '1777888800' }, 'it gives no reason: name one with --reason'],
    [
      'sendgrid',
      { email: ada, created: '1777888800', status: '5.1.1', reason: '550 no' },
      {
        reason: 'hard_bounce',
        at: AT,
        webhook: {
          provider: 'sendgrid',
          raw: JSON.stringify({ event: 'bounce', type: 'bounce', status: '5.1.1', reason: '550 no' }),
        },
      },
      { reason: 'hard_bounce' },
    ],
  ])('of %s: %j', (esp, cells, expected, defaults = {}) => {
    expect(line(esp, cells, defaults)).toEqual(typeof expected === 'object' ? { address: ada, ...expected } : expected);
  });
});

describe('a time, as exports write them', () => {
  test.each([
    [AT, AT],
    ['2026-05-04 10:00', AT],
    ['2026-05-04 12:00:00 +0200', AT],
    ['2026-05-04T12:00:00.000+02:00', AT],
    ['2026-05-04 10:00:00 UTC', AT],
    ['2026-05-04', '2026-05-04T00:00:00.000Z'],
    ['Mon, 4 May 2026 10:00:00 UTC', AT],
    ['Mon, 04 May 2026 12:00:00 +0200', AT],
    ['1777888800', AT],
    ['1777888800000', AT],
    ['', undefined],
  ])('%s', (text, at) => expect(readTime(text)).toBe(at));

  test.each(['yesterday', '04/05/2026', '0000-00-00', '12', '99999999', 'May 4 2026', '1960-01-01'])(
    '%s cannot be read',
    (text) => {
      expect(() => readTime(text)).toThrow(new BadLine('its time cannot be read'));
    },
  );
});
