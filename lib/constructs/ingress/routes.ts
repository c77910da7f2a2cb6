import { HttpMethod, HttpRouteKey } from 'aws-cdk-lib/aws-apigatewayv2';
import { HEARTBEAT_SOURCE } from '../../../lambda/contract/config.ts';
import { HEALTH_PATH, unsubscribePath, webhookPath } from '../../../lambda/contract/paths.ts';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import type { Settings } from '../../settings/schema.ts';

interface RouteSpec {
  readonly method: HttpMethod;
  readonly path: string;
  readonly throttle: Throttle;
}

/** Requests per second that pass for long, and how many more in one go. */
interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

/** Monitors ask a few times a minute; whoever asks more gets 429 and takes nothing from the webhooks. */
const HEALTH_THROTTLE: Throttle = { rate: 5, burst: 20 };

/**
 * A route for each source with a throttle of its own: a flood at one URL costs no other source its requests, and what no route names is
 * answered 404 by API Gateway itself, without starting a function.
 */
export function routesOf({ sources, heartbeat, unsubscribe, throttling }: Settings): RouteSpec[] {
  const webhooks = Object.entries(sources).flatMap(([source, { provider, throttling: own }]) =>
    methodsOf(provider).map((method) => ({ method, path: webhookPath(source), throttle: { ...throttling, ...own } })),
  );
  const beat = { method: HttpMethod.POST, path: webhookPath(HEARTBEAT_SOURCE), throttle: throttling };
  const health = [HttpMethod.GET, HttpMethod.HEAD].map((method) => ({
    method,
    path: HEALTH_PATH,
    throttle: HEALTH_THROTTLE,
  }));
  const leave = [HttpMethod.POST, HttpMethod.GET, HttpMethod.HEAD].map((method) => ({
    method,
    path: unsubscribePath('{token}'),
    throttle: { ...throttling, ...unsubscribe?.throttling },
  }));
  return [...webhooks, ...(heartbeat ? [beat] : []), ...(unsubscribe ? leave : []), ...health];
}

export const routeKeyOf = ({ method, path }: RouteSpec): string => HttpRouteKey.with(path, method).key;

/** What a provider's requests come by: all post, and a few ESPs deliver by GET or look at a URL before they save it. */
function methodsOf(id: string): HttpMethod[] {
  const provider = PROVIDERS.get(id);
  const looks = (method: HttpMethod) =>
    provider?.probe?.({ method, headers: {}, query: '', body: Buffer.alloc(0) }) !== undefined;
  return [HttpMethod.POST, HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS].filter(
    (method) => method === HttpMethod.POST || looks(method) || (method === HttpMethod.GET && provider?.acceptsGet),
  );
}
