import { azure } from './azure/index.ts';
import { brevo } from './brevo/index.ts';
import { customerio } from './customerio/index.ts';
import { elasticEmail } from './elastic-email/index.ts';
import { forwardEmail } from './forward-email/index.ts';
import { generic } from './generic/index.ts';
import { klaviyo } from './klaviyo/index.ts';
import { lettermint } from './lettermint/index.ts';
import { loops } from './loops/index.ts';
import { mailchimp } from './mailchimp/index.ts';
import { mailersend } from './mailersend/index.ts';
import { mailgun } from './mailgun/index.ts';
import { mailjet } from './mailjet/index.ts';
import { mailomat } from './mailomat/index.ts';
import { mailtrap } from './mailtrap/index.ts';
import { mandrill } from './mandrill/index.ts';
import { postal } from './postal/index.ts';
import { postmark } from './postmark/index.ts';
import type { Provider } from './provider.ts';
import { resend } from './resend/index.ts';
import { scaleway } from './scaleway/index.ts';
import { sendgrid } from './sendgrid/index.ts';
import { ses } from './ses/index.ts';
import { smtp2go } from './smtp2go/index.ts';
import { sparkpost } from './sparkpost/index.ts';
import { standardWebhooks } from './standard-webhooks/index.ts';
import { unisenderGo } from './unisender-go/index.ts';
import { zeptomail } from './zeptomail/index.ts';

/** Every provider, one line each. The options' types are each provider's own; its schema checks them at synth. */
export const PROVIDERS: ReadonlyMap<string, Provider<unknown>> = new Map(
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
    mailomat,
    standardWebhooks,
    generic,
  ].map((provider) => [provider.id, provider]),
);
