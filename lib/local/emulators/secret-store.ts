import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { StandIn } from './loopback.ts';

export interface StoredSecret {
  arn: string;
  value: string;
  /** Called with each new value. */
  changed?: () => void;
}

/**
 * Secrets Manager, as much of it as Quell calls: reading, replacing and describing secrets. Nothing well-kept emulates it, and a
 * stand-in of these lines shows the same answers.
 */
export function secretStore(...secrets: readonly StoredSecret[]): StandIn {
  const actions = new Map(secrets.map((secret) => [secret, actionsOn(secret)]));

  async function respond(request: IncomingMessage): Promise<[number, object]> {
    const name = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const input = JSON.parse(await text(request)) as { SecretId?: string; SecretString?: string };
    const secret = secrets.find(({ arn }) => input.SecretId === arn || input.SecretId === nameOf(arn));
    if (!secret) {
      return [
        400,
        { __type: 'ResourceNotFoundException', message: "Secrets Manager can't find the specified secret." },
      ];
    }
    const action = new Map(Object.entries(actions.get(secret) ?? {})).get(name);
    return action ? [200, action(input)] : [400, { __type: 'UnknownOperationException' }];
  }

  return async (request, response) => {
    const [status, answer] = await respond(request);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
  };
}

function actionsOn(secret: StoredSecret): Readonly<Record<string, (input: { SecretString?: string }) => object>> {
  let version = 1;
  const about = () => ({ ARN: secret.arn, Name: nameOf(secret.arn) });
  return {
    GetSecretValue: () => ({
      ...about(),
      SecretString: secret.value,
      VersionId: `v${version}`,
      VersionStages: ['AWSCURRENT'],
    }),
    DescribeSecret: () => ({ ...about(), VersionIdsToStages: { [`v${version}`]: ['AWSCURRENT'] } }),
    PutSecretValue({ SecretString = '' }) {
      secret.value = SecretString;
      secret.changed?.();
      version += 1;
      return { ...about(), VersionId: `v${version}`, VersionStages: ['AWSCURRENT'] };
    },
  };
}

/** The name within an ARN, which ends in a hyphen and six characters of AWS's own. */
const nameOf = (arn: string): string => (arn.split(':').at(-1) ?? '').replace(/-[A-Za-z0-9]{6}$/, '');
