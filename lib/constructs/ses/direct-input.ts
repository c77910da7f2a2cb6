import { type IRule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { MESSAGE_VERSION } from '../../../lambda/contract/message.ts';

/** What SES says about mail on EventBridge; its notices about the account are not taken. */
export const SES_DETAIL_TYPES = [
  'Email Sent',
  'Email Delivered',
  'Email Bounced',
  'Email Complaint Received',
  'Email Rejected',
  'Email Opened',
  'Email Clicked',
  'Email Rendering Failed',
  'Email Delivery Delayed',
  'Email Subscribed',
] as const;

/**
 * The transformer that makes a queue message of ours out of an EventBridge event. Written by hand: the whole event is a reserved
 * variable, which EventBridge takes as the value of a member only, and which the CDK's own builder would quote.
 */
export const sesInput = (source: string): RuleTargetInput => new TransformedInput(source);

class TransformedInput extends RuleTargetInput {
  readonly #source: string;

  constructor(source: string) {
    super();
    this.#source = source;
  }

  override bind(_rule: IRule) {
    return {
      inputPathsMap: { id: '$.id', time: '$.time' },
      inputTemplate: `{"v":${MESSAGE_VERSION},"source":"${this.#source}","channel":"eventbridge","receivedAt":<time>,"requestId":<id>,"origin":"live","event":<aws.events.event.json>}`,
    };
  }
}
