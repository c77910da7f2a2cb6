import { type AwsLine, signedAt } from '../../../lambda/esp/aws.ts';
import type { Target } from '../target/target.ts';

const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' };

/** With the credentials and in the Region of everything else that is done to this stack. */
export async function awsLine(target: Target, service: string): Promise<AwsLine> {
  if (target.kind === 'local') return signedAt({ region: 'us-east-1', credentials: LOCAL }, service);
  const { config } = await target.clients.sts();
  return signedAt({ region: await config.region(), credentials: config.credentials }, service);
}
