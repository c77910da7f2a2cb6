/** What stands behind a rule. Kept apart from the rules, for people and tests: no Lambda function carries it. */
export interface Note {
  /** The rule's name. */
  readonly rule: string;
  /** Where a receiver, a mail server or a standard publishes such words. */
  readonly source: string;
  /** A reply that this rule decides. */
  readonly example: string;
  /** A reply that is close to it and that this rule must leave to others. */
  readonly nearMiss: string;
  /** The enhanced status both come with, where the rule needs one. */
  readonly status?: string;
}

type Written = readonly [rule: string, example: string, nearMiss: string, status?: string];

export const from = (source: string, notes: readonly Written[]): readonly Note[] =>
  notes.map(([rule, example, nearMiss, status]) => ({ rule, source, example, nearMiss, ...(status && { status }) }));

export const RFC_5321 = 'https://www.rfc-editor.org/rfc/rfc5321';
export const POSTFIX = 'https://www.postfix.org/postconf.5.html';
export const EXIM = 'https://www.exim.org/exim-html-current/doc/html/spec_html/ch-access_control_lists.html';
export const GOOGLE = 'https://support.google.com/a/answer/3726730';
export const MICROSOFT =
  'https://learn.microsoft.com/en-us/exchange/troubleshoot/email-delivery/ndr/non-delivery-reports-in-exchange-online';
export const MIMECAST =
  'https://mimecastsupport.zendesk.com/hc/en-us/articles/34000709564691-Policies-Mimecast-SMTP-Error-Codes';
