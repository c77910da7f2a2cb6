import { text } from 'node:stream/consumers';
import type { StandIn } from './loopback.ts';

/** SNS, as much of it as Quell calls: it confirms every subscription. Topics do not exist here; `ops send` posts what they would. */
export function subscriptionConfirmer(): StandIn {
  return async (request, response) => {
    const form = new URLSearchParams(await text(request));
    const action = form.get('Action');
    const isKnown = action === 'ConfirmSubscription';
    const body = isKnown ? confirmed(form.get('TopicArn') ?? '') : refused(`${action} is not part of the local run`);
    response.writeHead(isKnown ? 200 : 400, { 'content-type': 'text/xml' }).end(body);
  };
}

const escapeXml = (value: string): string => value.replace(/[<>&]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const confirmed = (topicArn: string): string =>
  `<ConfirmSubscriptionResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ConfirmSubscriptionResult><SubscriptionArn>${escapeXml(topicArn)}:local</SubscriptionArn></ConfirmSubscriptionResult><ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></ConfirmSubscriptionResponse>`;

const refused = (message: string): string =>
  `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>${escapeXml(message)}</Message></Error><RequestId>local</RequestId></ErrorResponse>`;
