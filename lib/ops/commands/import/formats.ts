import { REASONS, type Reason } from '../../../../lambda/domain/suppression/suppression.ts';
import { byReason, cell, posted, quoting, reasonOf, replyOf, row, sourceOf, unsubscribe, words } from './cells.ts';
import { type Cells, type Defaults, type Row, readUntil } from './row.ts';

/** One file format: the columns that identify it, and what a line of it says; undefined = it says nothing of suppression. */
export interface Format {
  readonly title: string;
  /** All of these, and one of each list. */
  readonly columns: readonly (string | readonly string[])[];
  /** Columns of a file without a header line. */
  readonly headless?: readonly string[];
  read(cells: Cells, defaults: Defaults): Row | undefined;
}

const OURS = new Map<string, Reason>(REASONS.map((reason) => [reason.replace('_', ''), reason]));
const SES = words({ bounce: 'hard_bounce', complaint: 'complaint' });
const POSTMARK = words({ hardbounce: 'hard_bounce', spamcomplaint: 'complaint', manualsuppression: 'manual' });
const BREVO = words({
  hardbounce: 'hard_bounce',
  contactflaggedasspam: 'complaint',
  unsubscribedviaemail: 'unsubscribe',
  unsubscribedviama: 'unsubscribe',
  unsubscribedviaapi: 'unsubscribe',
  adminblocked: 'manual',
});
const SPARKPOST = words({
  spamcomplaint: 'complaint',
  listunsubscribe: 'unsubscribe',
  unsubscribelink: 'unsubscribe',
  bouncerule: 'hard_bounce',
  manuallyadded: 'manual',
  compliance: 'manual',
});

/** Every format, the most telling columns first. A Map, because the name comes from outside. */
export const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  [
    'quell',
    {
      title: 'our own: address,reason,scope,at,until,note',
      columns: ['address', 'reason', 'until'],
      read(cells, defaults) {
        const reason = reasonOf(OURS, cell(cells, 'reason'), defaults);
        const until = readUntil(cell(cells, 'until'));
        const scope = cell(cells, 'scope');
        const note = cell(cells, 'note');
        return row(cell(cells, 'address'), reason, cell(cells, 'at'), {
          ...quoting(replyOf(cells, cell(cells, 'diagnostic', 'text', 'error'))),
          ...(scope !== '' && { scope }),
          ...(until !== undefined && { until }),
          ...(note !== '' && { note }),
        });
      },
    },
  ],
  [
    'postmark',
    {
      title: 'Postmark: EmailAddress, SuppressionReason, Origin, CreatedAt',
      columns: ['emailaddress', 'suppressionreason'],
      read(cells, defaults) {
        const [address, at] = [cell(cells, 'emailaddress'), cell(cells, 'createdat')];
        const reason = reasonOf(POSTMARK, cell(cells, 'suppressionreason'), defaults);
        // The person's own manual suppression is an unsubscribe of that stream.
        const own = reason === 'manual' && cell(cells, 'origin').toLowerCase() === 'recipient';
        return byReason(address, own ? 'unsubscribe' : reason, at, defaults);
      },
    },
  ],
  [
    'ses',
    {
      title: 'Amazon SES: EmailAddress, Reason, LastUpdateTime',
      columns: ['emailaddress', 'reason'],
      headless: ['emailaddress', 'reason', 'lastupdatetime'],
      read: (cells, defaults) =>
        row(cell(cells, 'emailaddress'), reasonOf(SES, cell(cells, 'reason'), defaults), cell(cells, 'lastupdatetime')),
    },
  ],
  [
    'mailgun',
    {
      title: 'Mailgun: address, created_at, and code and error, or tags',
      columns: ['address', ['createdat', 'code', 'error', 'tags', 'tag']],
      read(cells, defaults) {
        const [address, at] = [cell(cells, 'address'), cell(cells, 'createdat')];
        if (cell(cells, 'code', 'error') !== '') {
          const delivery = { code: cell(cells, 'code'), message: cell(cells, 'error') };
          const event = { event: 'failed', severity: 'permanent', reason: 'bounce', 'delivery-status': delivery };
          return row(address, 'hard_bounce', at, posted('mailgun', { 'event-data': event }));
        }
        if (cell(cells, 'tags', 'tag') !== '') return unsubscribe(address, at, defaults.scope);
        return byReason(address, reasonOf(new Map(), '', defaults), at, defaults);
      },
    },
  ],
  [
    'sparkpost',
    {
      title: 'SparkPost: recipient, source, type, created',
      columns: ['recipient', ['source', 'type']],
      read: (cells, defaults) =>
        byReason(
          cell(cells, 'recipient'),
          reasonOf(SPARKPOST, cell(cells, 'source'), defaults),
          cell(cells, 'updated', 'created'),
          defaults,
          quoting(replyOf(new Map(), cell(cells, 'description'))),
        ),
    },
  ],
  [
    'mailchimp',
    {
      title: 'Mailchimp: Email Address, and UNSUB_TIME or CLEAN_TIME',
      columns: ['emailaddress', ['unsubtime', 'cleantime']],
      read(cells, defaults) {
        const address = cell(cells, 'emailaddress');
        const [unsubscribed, cleaned] = [cell(cells, 'unsubtime'), cell(cells, 'cleantime')];
        if (unsubscribed === '' && cleaned === '') return undefined;
        return cleaned === ''
          ? unsubscribe(address, unsubscribed, defaults.scope)
          : row(address, 'hard_bounce', cleaned);
      },
    },
  ],
  [
    'brevo',
    {
      title: 'Brevo: email, reason, blockedAt',
      columns: ['email', ['blockedat', 'reasoncode']],
      read: (cells, defaults) =>
        byReason(
          cell(cells, 'email'),
          reasonOf(BREVO, cell(cells, 'reasoncode', 'reason.code', 'reason'), defaults),
          cell(cells, 'blockedat'),
          defaults,
        ),
    },
  ],
  [
    'sendgrid',
    {
      title: 'SendGrid: email, created, and group_id; needs --reason, its lists do not say which they are',
      columns: ['email', 'created'],
      read(cells, defaults) {
        const [address, at, group] = [cell(cells, 'email'), cell(cells, 'created'), cell(cells, 'groupid')];
        if (group !== '') return unsubscribe(address, at, `${sourceOf(defaults)}:asm:${group}`);
        const [status, reason] = [cell(cells, 'status'), cell(cells, 'reason')];
        return byReason(
          address,
          reasonOf(new Map(), '', defaults),
          at,
          defaults,
          posted('sendgrid', { event: 'bounce', type: 'bounce', status, reason }),
        );
      },
    },
  ],
]);

/** The format whose columns a header line has; undefined where none fits. */
export function detect(header: readonly string[]): [string, Format] | undefined {
  const has = new Set(header);
  return [...FORMATS].find(([, { columns }]) =>
    columns.every((column) => (typeof column === 'string' ? has.has(column) : column.some((one) => has.has(one)))),
  );
}
