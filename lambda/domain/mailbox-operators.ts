/**
 * The six operators that hold most private mailboxes, and the domains by which they can be told from an address. A company's own
 * domain on Google's or Microsoft's servers cannot be told so: that would take a DNS lookup per mail.
 */
const DOMAINS: Readonly<Record<string, RegExp>> = {
  google: /^(gmail|googlemail)\.com$/,
  microsoft: /^((outlook|hotmail|live)\.[a-z.]{2,6}|msn\.com|passport\.com)$/,
  yahoo: /^((yahoo|aol|ymail|rocketmail)\.[a-z.]{2,6}|aim\.com|verizon\.net)$/,
  apple: /^(icloud|me|mac)\.com$/,
  comcast: /^(comcast|xfinity)\.(net|com)$/,
  united_internet: /^(gmx\.[a-z.]{2,6}|web\.de|mail\.com|email\.com)$/,
};

/** The operator of an address in normal form; undefined = none of the six. */
export function mailboxOperator(address: string): string | undefined {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return Object.entries(DOMAINS).find(([, pattern]) => pattern.test(domain))?.[0];
}
