/**
 * The paths of the HTTP API: the stack makes a route of each, `receive` tells by the route what was asked, and everybody else prints
 * them. `/v1` stays as it is once released.
 */
export const webhookPath = (source: string): string => `${WEBHOOKS}${source}`;

/** Answers whether requests could be taken right now; for monitors outside of AWS. */
export const HEALTH_PATH = '/health';

/** Where a person leaves a list; `{token}` stands for all of them. */
export const unsubscribePath = (token: string): string => `/u/v1/${token}`;

/** The source that a route belongs to; undefined where it is no webhook's. @param routeKey method and path, as API Gateway hands it over */
export function sourceOfRoute(routeKey: string): string | undefined {
  const path = routeKey.slice(routeKey.indexOf(' ') + 1);
  return path.startsWith(WEBHOOKS) ? path.slice(WEBHOOKS.length) : undefined;
}

const WEBHOOKS = '/webhooks/v1/';
