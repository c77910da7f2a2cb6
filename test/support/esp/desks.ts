import { openDesk as brevo } from './brevo/desk.ts';
import { openDesk as customerio } from './customerio/desk.ts';
import type { Desk } from './desk.ts';
import { openDesk as elasticEmail } from './elastic-email/desk.ts';
import { openDesk as klaviyo } from './klaviyo/desk.ts';
import { openDesk as lettermint } from './lettermint/desk.ts';
import { openDesk as mailersend } from './mailersend/desk.ts';
import { openDesk as mailgun } from './mailgun/desk.ts';
import { openDesk as mailjet } from './mailjet/desk.ts';
import { openDesk as mailtrap } from './mailtrap/desk.ts';
import { openDesk as mandrill } from './mandrill/desk.ts';
import { openDesk as postmark } from './postmark/desk.ts';
import { openDesk as resend } from './resend/desk.ts';
import { openDesk as scaleway } from './scaleway/desk.ts';
import { openDesk as sendgrid } from './sendgrid/desk.ts';
import { openDesk as ses } from './ses/desk.ts';
import { openDesk as smtp2go } from './smtp2go/desk.ts';
import { openDesk as sparkpost } from './sparkpost/desk.ts';
import { openDesk as unisenderGo } from './unisender-go/desk.ts';

/** The lists and webhooks of an ESP, by provider id. */
export const DESKS: ReadonlyMap<string, () => Promise<Desk>> = new Map([
  ['sparkpost', sparkpost],
  ['mailgun', mailgun],
  ['sendgrid', sendgrid],
  ['postmark', postmark],
  ['resend', resend],
  ['mandrill', mandrill],
  ['brevo', brevo],
  ['mailersend', mailersend],
  ['mailtrap', mailtrap],
  ['elastic-email', elasticEmail],
  ['lettermint', lettermint],
  ['scaleway', scaleway],
  ['unisender-go', unisenderGo],
  ['smtp2go', smtp2go],
  ['klaviyo', klaviyo],
  ['ses', ses],
  ['customerio', customerio],
  ['mailjet', mailjet],
]);
