/** The floor under `receive`, with the SDK's client as it comes, under the same limits. */
import { sqsClient } from '../../lambda/aws/clients.ts';
import { verifyAndSend } from './verify-and-send.ts';

export const handler = verifyAndSend(sqsClient());
