import { azure } from './azure.ts';
import { brevo } from './brevo.ts';
import { customerio } from './customerio.ts';
import { elasticEmail } from './elastic-email.ts';
import { forwardEmail } from './forward-email.ts';
import { generic } from './generic.ts';
import { klaviyo } from './klaviyo.ts';
import { lettermint } from './lettermint.ts';
import { loops } from './loops.ts';
import { mailchimp } from './mailchimp.ts';
import { mailersend } from './mailersend.ts';
import { mailgun } from './mailgun.ts';
import { mailjet } from './mailjet.ts';
import { mailtrap } from './mailtrap.ts';
import { mandrill } from './mandrill.ts';
import { postal } from './postal.ts';
import { postmark } from './postmark.ts';
import type { Provider } from './provider.ts';
import { resend } from './resend.ts';
import { scaleway } from './scaleway.ts';
import { sendgrid } from './sendgrid.ts';
import { ses } from './ses.ts';
import { smtp2go } from './smtp2go.ts';
import { sparkpost } from './sparkpost.ts';
import { standardWebhooks } from './standard-webhooks.ts';
import { unisenderGo } from './unisender-go.ts';
import { zeptomail } from './zeptomail.ts';

/** Every provider, one line each. The options' types are each provider's own; its schema checks them at synth. */
export const PROVIDERS: ReadonlyMap<string, Provider<never>> = new Map(
  [
    ses,
    sendgrid,
    mailgun,
    postmark,
    resend,
    sparkpost,
    brevo,
    mailjet,
    mandrill,
    mailersend,
    customerio,
    mailtrap,
    postal,
    unisenderGo,
    elasticEmail,
    smtp2go,
    mailchimp,
    loops,
    klaviyo,
    scaleway,
    zeptomail,
    forwardEmail,
    lettermint,
    azure,
    standardWebhooks,
    generic,
  ].map((provider) => [provider.id, provider as unknown as Provider<never>]),
);
