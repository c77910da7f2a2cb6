import type { Address } from '../contract/units.ts';

/**
 * The operators that hold most private mailboxes, and the domains by which they can be told from an address. A company's own domain on
 * Google's or Microsoft's servers cannot be told so: that would take a DNS lookup per mail.
 */
interface MailboxOperator {
  readonly name: string;
  /** As people write it. */
  readonly title: string;
  /** Matches a whole domain in normal form. Written so that SQL engines read it, too: no look-around, no shorthand classes. */
  readonly domains: RegExp;
  /**
   * Somebody who marks a mail as spam there is reported to the sender, by way of the ESP. Google and Apple have no such loop for single
   * mails (their postmaster pages say so): deliveries there can never complain.
   */
  readonly reportsComplaints: boolean;
}

export const MAILBOX_OPERATORS: readonly MailboxOperator[] = [
  { name: 'google', title: 'Google', domains: /^(gmail|googlemail)\.com$/, reportsComplaints: false },
  {
    name: 'microsoft',
    title: 'Microsoft',
    domains: /^((outlook|hotmail|live)\.[a-z.]{2,6}|msn\.com|passport\.com)$/,
    reportsComplaints: true,
  },
  {
    name: 'yahoo',
    title: 'Yahoo',
    domains: /^((yahoo|aol|ymail|rocketmail)\.[a-z.]{2,6}|aim\.com|verizon\.net)$/,
    reportsComplaints: true,
  },
  { name: 'apple', title: 'Apple', domains: /^(icloud|me|mac)\.com$/, reportsComplaints: false },
  { name: 'comcast', title: 'Comcast', domains: /^(comcast|xfinity)\.(net|com)$/, reportsComplaints: true },
  {
    name: 'united_internet',
    title: 'United Internet',
    domains: /^(gmx\.[a-z.]{2,6}|web\.de|mail\.com|email\.com)$/,
    reportsComplaints: true,
  },
];

/** Those that tell no sender who complained. */
export const WITHOUT_COMPLAINTS: readonly MailboxOperator[] = MAILBOX_OPERATORS.filter((one) => !one.reportsComplaints);

/** For a sentence: `Google and Apple`. */
export const titlesOf = (operators: readonly MailboxOperator[]): string =>
  new Intl.ListFormat('en-GB').format(operators.map(({ title }) => title));

/** What everybody else is counted under. */
export const OTHER_OPERATOR = 'other';

/** The operator of an address; undefined = none of those known. */
export function mailboxOperator(address: Address): string | undefined {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return MAILBOX_OPERATORS.find(({ domains }) => domains.test(domain))?.name;
}

/** False where a complaint of this address's owner would never reach us. */
export function mayComplain(address: Address): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return MAILBOX_OPERATORS.find(({ domains }) => domains.test(domain))?.reportsComplaints ?? true;
}
