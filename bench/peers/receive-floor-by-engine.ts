/** The same floor with the client of `receive`: what is left of the ratio where both leave texts to the engine. */
import { deliveryClient } from '../../lambda/aws/clients.ts';
import { verifyAndSend } from './verify-and-send.ts';

export const handler = verifyAndSend(deliveryClient());
