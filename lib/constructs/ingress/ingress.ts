import { Duration, Validations } from 'aws-cdk-lib';
import { type CfnApi, type CfnStage, HttpApi, HttpRoute, HttpRouteKey, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import type { RuntimeConfig } from '../../../lambda/contract/config.ts';
import { stackName } from '../../../lambda/contract/outputs.ts';
import { webhookPath } from '../../../lambda/contract/paths.ts';
import { publicUrlOf } from '../../settings/runtime-config.ts';
import type { Settings } from '../../settings/schema.ts';
import type { DeliveryQueues } from '../delivery/queue.ts';
import { plain, ServiceFunction } from '../service-function.ts';
import type { Secrets } from '../storage/secrets.ts';
import { accessLog } from './access-log.ts';
import { CustomDomain } from './custom-domain.ts';
import { routeKeyOf, routesOf } from './routes.ts';

/** Some ESPs wait 3 s; `receive` decides within that. This is for a cold start on a slow day. */
const RECEIVE_TIMEOUT = Duration.seconds(10);
/** What API Gateway allows at most: time for a cold start beside the function's own. */
const INTEGRATION_TIMEOUT = Duration.seconds(29);

interface IngressProps {
  readonly settings: Settings;
  readonly config: RuntimeConfig;
  readonly secrets: Secrets;
  readonly delivery: DeliveryQueues;
  /** JSON map from source to the SNS topic made for it. */
  readonly topicArns: string;
}

/** The public side: one HTTP API, a route for each source, one function behind all of them. */
export class Ingress extends Construct {
  readonly api: HttpApi;
  readonly receive: ServiceFunction<'receive'>;
  /** Base URL that ESPs are given, without a trailing slash. */
  readonly publicUrl: string;
  readonly customDomain: CustomDomain | undefined;

  constructor(scope: Construct, id: string, props: IngressProps) {
    super(scope, id);
    const { settings, delivery, secrets } = props;
    this.api = new HttpApi(this, 'Api', { apiName: stackName(settings.stage), createDefaultStage: false });
    // Pinned: a new id is a new URL, and the old one stands in every ESP's dashboard.
    (this.api.node.defaultChild as CfnApi).overrideLogicalId('WebhookApi');
    this.publicUrl = publicUrlOf(settings) ?? this.api.apiEndpoint;

    this.receive = new ServiceFunction(this, 'Receive', {
      name: 'receive',
      uses: {
        DELIVERY_QUEUE_URL: delivery.enqueue(),
        SECRET_ARN: secrets.webhooks.read(),
        OWN_KEYS_ARN: props.config.heartbeat ? secrets.ownKeys.read() : plain(secrets.ownKeys.arn),
        UNSUBSCRIBE_KEYS_ARN: secrets.unsubscribeKeys?.read() ?? plain('none'),
        PUBLIC_URL: plain(this.publicUrl),
        TOPIC_ARNS: plain(props.topicArns),
      },
      config: props.config,
      timeout: RECEIVE_TIMEOUT,
      logRetentionDays: settings.retention.logsDays,
    });
    this.customDomain = settings.customDomain && new CustomDomain(this, 'Domain', settings.customDomain);
    this.stage(settings, this.routes(settings));
  }

  /** The URL that a source's ESP is given; with `{source}` the pattern of all. */
  webhookUrl(source: string): string {
    return `${this.publicUrl}${webhookPath(source)}`;
  }

  /** The same by the API's own address, which answers from the first deploy on, whatever stands in front of it. */
  ownUrl(source: string): string {
    return `${this.api.apiEndpoint}${webhookPath(source)}`;
  }

  private routes(settings: Settings): HttpRoute[] {
    const integration = new HttpLambdaIntegration('Receive', this.receive.function, {
      timeout: INTEGRATION_TIMEOUT,
      // One permission for all routes: one for each would fill the function's policy, 20 KB, at about sixty.
      scopePermissionToRoute: false,
    });
    return routesOf(settings).map(
      ({ method, path }) =>
        new HttpRoute(this.api, `${method} ${path}`, {
          httpApi: this.api,
          routeKey: HttpRouteKey.with(path, method),
          integration,
        }),
    );
  }

  private stage(settings: Settings, routes: readonly HttpRoute[]): void {
    const { throttling, accessLog: logged, retention } = settings;
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: throttling.rate, burstLimit: throttling.burst },
      ...(this.customDomain && { domainMapping: { domainName: this.customDomain.domain } }),
      ...(logged && { accessLogSettings: accessLog(this, retention.logsDays) }),
    });
    (stage.node.defaultChild as CfnStage).routeSettings = Object.fromEntries(
      routesOf(settings).map((route) => [
        routeKeyOf(route),
        { ThrottlingRateLimit: route.throttle.rate, ThrottlingBurstLimit: route.throttle.burst },
      ]),
    );
    // A throttle of a route that is not there yet fails the deploy.
    stage.node.addDependency(...routes);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'ESPs hold no AWS credentials: receive proves the origin of every request by signature or shared secret.',
    });
    if (logged) return;
    Validations.of(stage).acknowledge({
      id: 'AwsSolutions-APIG1',
      reason: 'receive logs what it refuses and process counts what it accepts; the access log is a priced setting.',
    });
  }
}
