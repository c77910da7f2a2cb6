import { BlockList, isIPv6 } from 'node:net';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { postingSources } from '../../aws/config.ts';
import { MAX_BODY_BYTES, type RuntimeConfig } from '../../contract/config.ts';
import type { Environment } from '../../contract/env.ts';
import { webhookPath } from '../../contract/paths.ts';
import { RefusedRequest } from '../../domain/errors.ts';
import { providerIn } from '../../providers/half.ts';
import type { Half, WebhookRequest } from '../../providers/provider.ts';

/** A configured source, ready for requests. */
export interface Source {
  readonly name: string;
  readonly provider: Half<'receive'>;
  readonly options: unknown;
  readonly webhookUrl: string;
  readonly allowIps: BlockList | undefined;
}

/** @throws Error where the config names a provider this code lacks: such a bundle must not start. */
export function sourcesOf(config: RuntimeConfig, env: Environment<'receive'>): ReadonlyMap<string, Source> {
  const topicArns = JSON.parse(env.TOPIC_ARNS) as Record<string, string>;
  return new Map(
    Object.entries(postingSources(config)).map(([name, { provider: id, options, allowIps }]) => {
      const provider = providerIn('receive', id);
      if (!provider) throw new Error(`source ${name}: provider ${id} is not in this bundle`);
      return [
        name,
        {
          name,
          provider,
          options: Object.hasOwn(topicArns, name) ? withTopic(options, topicArns[name] as string) : options,
          webhookUrl: env.PUBLIC_URL + webhookPath(name),
          allowIps: allowIps && addressList(allowIps),
        },
      ];
    }),
  );
}

/** The ARN of a topic that the stack makes is known only when it is deployed, too late for the config file. */
const withTopic = (options: Readonly<Record<string, unknown>>, arn: string) => ({
  ...options,
  topicArns: [...((options.topicArns as string[] | undefined) ?? []), arn],
});

function addressList(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', bits] = cidr.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    list.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  }
  return list;
}

/** `sourceIp` is what API Gateway saw; a header could say anything. */
const allowed = (source: Source, sourceIp: string): boolean =>
  source.allowIps === undefined || source.allowIps.check(sourceIp, isIPv6(sourceIp) ? 'ipv6' : 'ipv4');

/** A request that may be looked at. @throws RefusedRequest `address-not-allowed`, `too-large`. */
export function admitted(source: Source, event: APIGatewayProxyEventV2): WebhookRequest {
  if (!allowed(source, event.requestContext.http.sourceIp))
    throw new RefusedRequest('address-not-allowed', "This address is not on the source's list.");
  return {
    method: event.requestContext.http.method,
    body: exactBytes(event, source.provider.maxBodyBytes ?? MAX_BODY_BYTES),
    headers: event.headers as Record<string, string>,
    query: event.rawQueryString,
  };
}

/** The very bytes that were posted, measured before they are decoded. */
function exactBytes({ body = '', isBase64Encoded }: APIGatewayProxyEventV2, most: number): Buffer {
  const encoding = isBase64Encoded ? 'base64' : 'utf8';
  if (Buffer.byteLength(body, encoding) > most)
    throw new RefusedRequest('too-large', `The body is larger than ${most} bytes.`);
  return Buffer.from(body, encoding);
}
