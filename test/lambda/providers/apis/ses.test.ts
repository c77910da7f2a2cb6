import { describe, expect, test } from '@jest/globals';
import type { ListEntry } from '../../../../lambda/providers/api.ts';
import { BadLine } from '../../../../lambda/providers/list-file.ts';
import { listFile as mailchimp } from '../../../../lambda/providers/mailchimp/list-file.ts';
import { api } from '../../../../lambda/providers/ses/api.ts';
import { listFile as ses } from '../../../../lambda/providers/ses/list-file.ts';
import { pagesOf, partsOf, recorded, status } from '../../../support/esp/recorded.ts';

/** What SES is asked, and what is read out of answers as its service model describes them; its list as a file, and Mailchimp's. */

const { lists } = partsOf(api);
const LOST = [400, 404, 410, 422];
const ROOT = '/v2/email/suppression/addresses';

test('where it is, and who may', () => {
  expect(api).toMatchObject({ base: 'https://email.us-east-1.amazonaws.com', perSecond: 1, signedByAws: 'ses' });
  expect(api.key).toBe('AWS credentials');
  expect(api.rights).toEqual({
    lists: 'ses:ListSuppressedDestinations and ses:GetSuppressedDestination',
    clear: 'ses:GetSuppressedDestination and ses:DeleteSuppressedDestination',
    push: 'ses:ListSuppressedDestinations and ses:PutSuppressedDestination',
  });
  const request = { use: 'lists', what: 'x', method: 'GET', path: '/' } as const;
  expect(api.authorise(request, 'nothing')).toEqual(request);
});

test.each([
  [400, '{"__type":"AccessDeniedException"}', true],
  [400, '{"__type":"UnrecognizedClientException"}', true],
  [400, '{"__type":"InvalidSignatureException"}', true],
  [400, '{"__type":"BadRequestException"}', false],
  [404, '{"__type":"AccessDeniedException"}', false],
])('status %s with %s: its credentials are refused: %s', (code, text, refused) => {
  expect(api.keyRefused?.({ status: code, text, json: {} })).toBe(refused);
});

describe('suppression list', () => {
  const asked = { use: 'lists', what: 'read the suppression list', method: 'GET' };
  const row = (more: object = {}) => ({
    ...{ EmailAddress: 'ada@example.com', Reason: 'BOUNCE', LastUpdateTime: 1_772_359_200.123, ...more },
  });
  const entry: ListEntry = {
    ...{ address: 'ada@example.com', list: 'suppression-list', reason: 'hard_bounce' },
    ...{ since: '1772359200.123', at: 1_772_359_200_123 },
  };

  test('all, page by page', async () => {
    const esp = recorded([
      { SuppressedDestinationSummaries: [row()], NextToken: 't/2' },
      { SuppressedDestinationSummaries: [row({ EmailAddress: 'bob@example.com' })] },
    ]);
    expect(await pagesOf(lists.read(esp.context))).toEqual([[entry], [{ ...entry, address: 'bob@example.com' }]]);
    expect(esp.asked()).toEqual([
      { ...asked, path: `${ROOT}?PageSize=1000` },
      { ...asked, path: `${ROOT}?PageSize=1000&NextToken=t%2F2`, accepts: LOST },
    ]);
  });

  test('begun again where a page is lost; an empty page in the middle is no end', async () => {
    const end = { SuppressedDestinationSummaries: [row()] };
    const esp = recorded([
      { NextToken: '2' },
      status(400),
      { SuppressedDestinationSummaries: [], NextToken: '3' },
      end,
    ]);
    expect(await pagesOf(lists.read(esp.context))).toEqual([[entry]]);
  });

  test('an empty list may be left out; an error is no list', async () => {
    expect(await pagesOf(lists.read(recorded([' { } ']).context))).toEqual([]);
    const error = pagesOf(lists.read(recorded(['{"message":"Rate exceeded"}']).context));
    await expect(error).rejects.toThrow('taken for none');
  });

  test.each([
    [{ Reason: 'BOUNCE' }, {}],
    [{ Reason: 'COMPLAINT' }, { reason: 'complaint' }],
    [{ Reason: 'OTHER' }, { reason: 'manual' }],
    [{ LastUpdateTime: '2026-03-01T10:00:00Z' }, { since: '2026-03-01T10:00:00Z', at: 1_772_359_200_000 }],
  ])('an entry with %j', async (said, read) => {
    const esp = recorded([{ SuppressedDestinationSummaries: [row(said)] }]);
    expect(await pagesOf(lists.read(esp.context))).toEqual([[{ ...entry, ...read }]]);
  });

  test('one address', async () => {
    const esp = recorded([{ SuppressedDestination: row() }, status(404)]);
    expect(await lists.find(esp.context, 'ada+1@example.com')).toEqual([entry]);
    expect(await lists.find(esp.context, 'ada+1@example.com')).toEqual([]);
    const look = {
      ...{ use: 'lists', what: 'look up an address on the suppression list', method: 'GET', accepts: [404] },
      ...{ path: `${ROOT}/ada%2B1%40example.com`, holds: 'SuppressedDestination' },
    };
    expect(esp.asked()).toEqual([look, look]);
  });

  test.each([
    [200, 'removed'],
    [404, 'gone'],
  ])('taken off: %s', async (code, said) => {
    const esp = recorded([status(code)]);
    expect(await lists.remove(esp.context, entry)).toBe(said);
    expect(esp.asked()).toEqual([
      {
        ...{ use: 'clear', what: 'remove an entry of the suppression list', method: 'DELETE' },
        ...{ path: `${ROOT}/ada%40example.com`, accepts: [404] },
      },
    ]);
  });

  test('put there as bounces, one by one', async () => {
    const esp = recorded([{}]);
    expect(lists.add).toMatchObject({
      ...{ atOnce: 1, reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'] },
    });
    expect(await lists.add.send(esp.context, ['ada@example.com'])).toEqual([]);
    expect(esp.asked()).toEqual([
      {
        ...{ use: 'push', what: 'add to the suppression list', method: 'PUT', path: ROOT },
        json: { EmailAddress: 'ada@example.com', Reason: 'BOUNCE' },
      },
    ]);
  });
});

const cells = (values: Readonly<Record<string, string>>) => new Map(Object.entries(values));

describe('the file of SES', () => {
  const time = '2026-03-01T10:00:00Z';
  const at = '2026-03-01T10:00:00.000Z';

  test('is known by two columns, and by a first line without a heading', () => {
    expect(ses.title).toBe('Amazon SES: EmailAddress, Reason, LastUpdateTime');
    expect(ses.columns).toEqual(['emailaddress', 'reason']);
    expect(ses.headless?.columns).toEqual(['emailaddress', 'reason', 'lastupdatetime']);
    const lines = [
      'ada@example.com,BOUNCE',
      'ada@example.com;"complaint";x',
      'ada@example.com,Bounced',
      'EmailAddress,BOUNCE',
    ];
    expect(lines.map((line) => ses.headless?.firstLine.test(line))).toEqual([true, true, false, false]);
  });

  test.each([
    [{ reason: 'BOUNCE', lastupdatetime: time }, {}, { reason: 'hard_bounce', at }],
    [{ reason: 'COMPLAINT', lastupdatetime: '1772359200' }, {}, { reason: 'complaint', at }],
    [{ reason: 'BOUNCE' }, { reason: 'manual' }, { reason: 'hard_bounce' }],
    [{}, { reason: 'manual' }, { reason: 'manual' }],
  ] as const)('%j with %j', (said, given, read) => {
    const line = cells({ emailaddress: 'ada@example.com', ...said });
    expect(ses.read(line, given)).toEqual({ address: 'ada@example.com', ...read });
  });

  test('another reason, or none, is no line', () => {
    const line = { emailaddress: 'ada@example.com' };
    expect(() => ses.read(cells({ ...line, reason: 'OTHER' }), { reason: 'manual' })).toThrow(BadLine);
    expect(() => ses.read(cells(line), {})).toThrow(BadLine);
  });
});

describe('the file of Mailchimp', () => {
  const [time, at] = ['2026-03-01 10:00:00', '2026-03-01T10:00:00.000Z'];

  test('is known by the address and either time', () => {
    expect(mailchimp.title).toBe('Mailchimp: Email Address, and UNSUB_TIME or CLEAN_TIME');
    expect(mailchimp.columns).toEqual(['emailaddress', ['unsubtime', 'cleantime']]);
  });

  test.each([
    [{ unsubtime: time }, {}, { reason: 'unsubscribe', at }],
    [{ unsubtime: time, cleantime: '' }, { scope: 'list:1' }, { reason: 'unsubscribe', at, scope: 'list:1' }],
    [{ cleantime: time }, { scope: 'list:1' }, { reason: 'hard_bounce', at }],
    [{ unsubtime: '2026-02-01 10:00:00', cleantime: time }, {}, { reason: 'hard_bounce', at }],
  ])('%j with %j', (said, given, read) => {
    const line = cells({ emailaddress: 'ada@example.com', ...said } as Record<string, string>);
    expect(mailchimp.read(line, given)).toEqual({ address: 'ada@example.com', ...read });
  });

  test('who is subscribed says nothing of suppression', () => {
    const line = cells({ emailaddress: 'ada@example.com', unsubtime: '', cleantime: '' });
    expect(mailchimp.read(line, {})).toBeUndefined();
  });
});
