import { LocalError } from '../error.ts';
import type { StackView } from '../template/stack-view.ts';
import { decodePath, type Matched } from './http-event.ts';
import { type Throttle, tokenBucket } from './token-bucket.ts';

export interface Route {
  readonly key: string;
  /** ARN of the function that answers. */
  readonly functionArn: string;
  readonly timeoutMs: number;
  /** Whether one more request may pass: each route has a bucket of its own, as RouteSettings give it, or else the stage's defaults. */
  readonly mayPass: () => boolean;
  /** Path parameters, where method and path are this route's. */
  match(method: string, path: string): Matched | undefined;
}

interface RouteProperties {
  readonly RouteKey: string;
  readonly Target: string;
}
interface IntegrationProperties {
  readonly IntegrationUri: string;
  readonly TimeoutInMillis?: number;
}
interface RouteSettings {
  readonly ThrottlingRateLimit?: number;
  readonly ThrottlingBurstLimit?: number;
}
interface StageProperties {
  readonly StageName: string;
  readonly DefaultRouteSettings?: RouteSettings;
  readonly RouteSettings?: Readonly<Record<string, RouteSettings>>;
}

/** The API's routes, the most exact ones first, as API Gateway prefers them. */
export function routesOf(stack: StackView): readonly Route[] {
  const integrations = new Map(
    stack
      .ofType<IntegrationProperties>('AWS::ApiGatewayV2::Integration')
      .map(({ place, properties }) => [place.ref, properties]),
  );
  const limits = throttles(stack);
  const routes = stack
    .ofType<RouteProperties>('AWS::ApiGatewayV2::Route')
    .map(({ properties: { RouteKey, Target } }) => {
      const integration = integrations.get(Target.replace('integrations/', ''));
      if (!integration) throw new LocalError(`the route ${RouteKey} leads to no integration of the template`);
      const functionArn = integration.IntegrationUri.match(/arn:[^/]+:function:[^/]+/)?.[0] ?? '';
      const throttle = limits.of(RouteKey);
      return {
        key: RouteKey,
        functionArn,
        timeoutMs: integration.TimeoutInMillis ?? 30_000,
        mayPass: throttle ? tokenBucket(throttle) : () => true,
        match: matcher(RouteKey),
      };
    });
  refuseStray(limits.named, routes);
  return routes.sort((a, b) => vagueness(a.key) - vagueness(b.key));
}

/** What the stage says of a route's throttle. */
function throttles(stack: StackView): { of(key: string): Throttle | undefined; readonly named: readonly string[] } {
  const [stage] = stack.ofType<StageProperties>('AWS::ApiGatewayV2::Stage');
  if (stage && stage.properties.StageName !== '$default') {
    throw new LocalError(
      `the stage ${stage.properties.StageName} would be part of every URL: the local run serves $default only`,
    );
  }
  const { DefaultRouteSettings: all, RouteSettings: own = {} } = stage?.properties ?? {};
  return {
    named: Object.keys(own),
    of(key) {
      const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = { ...all, ...own[key] };
      return rate !== undefined && burst !== undefined ? { rate, burst } : undefined;
    },
  };
}

/** API Gateway refuses a deploy whose stage throttles a route that the API does not have. */
function refuseStray(named: readonly string[], routes: readonly Route[]): void {
  const stray = named.filter((name) => !routes.some(({ key }) => key === name));
  if (stray.length > 0)
    throw new LocalError(`the stage has settings for routes that are not there: ${stray.join(', ')}`);
}

const vagueness = (key: string): number =>
  key === '$default'
    ? 1000
    : (key.includes('+}') ? 100 : 0) + (key.match(/\{/g)?.length ?? 0) * 2 + (key.startsWith('ANY ') ? 1 : 0);

function matcher(key: string): Route['match'] {
  if (key === '$default') return () => ({ routeKey: key, pathParameters: {} });
  const [method = '', pattern = ''] = key.split(' ');
  const names: string[] = [];
  const source = pattern
    .split(/(\{[^}]+\})/)
    .map((part) => {
      const name = part.match(/^\{([^}+]+)(\+?)\}$/);
      if (!name) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      names.push(name[1] ?? '');
      return name[2] ? '(.+)' : '([^/]+)';
    })
    .join('');
  const expression = new RegExp(`^${source}$`);
  return (asked, path) => {
    const found = method === 'ANY' || method === asked ? expression.exec(path) : null;
    if (!found) return undefined;
    const values = names.map((name, index) => [name, decodePath(found[index + 1] ?? '')] as const);
    return { routeKey: key, pathParameters: Object.fromEntries(values) };
  };
}
