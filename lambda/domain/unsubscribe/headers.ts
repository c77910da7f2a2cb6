/** Longest line of a mail's header (RFC 5322), in octets. */
const MAX_LINE = 998;

/** Names and values of header fields, each one line. */
interface UnsubscribeHeaders {
  /** One URL in angle brackets. */
  readonly 'List-Unsubscribe': string;
  readonly 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click';
}

/** The two header fields of RFC 8058. @throws RangeError where the link is too long for one line. */
export function headersOf(link: string): UnsubscribeHeaders {
  if ('List-Unsubscribe: <>'.length + link.length > MAX_LINE)
    throw new RangeError(`the address and the scope are too long for one header line (${MAX_LINE} octets)`);
  return { 'List-Unsubscribe': `<${link}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}
