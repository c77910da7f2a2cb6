import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type IAccessLogSettings, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** The API's own log, one line per request: the route's pattern, never path, query or address, which may hold secrets and people. */
export function accessLog(scope: Construct, retentionDays: number): IAccessLogSettings {
  const group = new LogGroup(scope, 'AccessLog', {
    // Log groups of this prefix need no room in the account's resource policy, which is small.
    logGroupName: `/aws/vendedlogs/${Stack.of(scope).stackName}/access`,
    retention: retentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  return { destination: new LogGroupLogDestination(group), format: AccessLogFormat.custom(JSON.stringify(FIELDS)) };
}

const FIELDS = {
  requestId: AccessLogField.contextRequestId(),
  time: AccessLogField.contextRequestTimeEpoch(),
  route: '$context.routeKey',
  status: AccessLogField.contextStatus(),
  latencyMs: AccessLogField.contextResponseLatency(),
  integrationStatus: AccessLogField.contextIntegrationStatus(),
};
