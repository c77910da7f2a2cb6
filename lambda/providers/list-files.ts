import { listFile as brevo } from './brevo/list-file.ts';
import type { ListFile } from './list-file.ts';
import { listFile as mailchimp } from './mailchimp/list-file.ts';
import { listFile as mailgun } from './mailgun/list-file.ts';
import { listFile as postmark } from './postmark/list-file.ts';
import { listFile as sendgrid } from './sendgrid/list-file.ts';
import { listFile as ses } from './ses/list-file.ts';
import { listFile as sparkpost } from './sparkpost/list-file.ts';

/** The lists that ESPs export as files, by provider id; the most telling columns first, because a file is taken for the first that fits. */
export const LIST_FILES: readonly (readonly [string, ListFile])[] = [
  ['postmark', postmark],
  ['ses', ses],
  ['mailgun', mailgun],
  ['sparkpost', sparkpost],
  ['mailchimp', mailchimp],
  ['brevo', brevo],
  ['sendgrid', sendgrid],
];
