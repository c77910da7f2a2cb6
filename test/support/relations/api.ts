import { functionOf, idOf, type Rule, same, sameSet, type View } from './view.ts';

/** The API, its only stage, and the team's own name for it. */
export const api: Rule = function* (view) {
  const { settings, resources, ofType } = view;
  const { customDomain, throttling, stage } = settings;
  yield* same('the API', resources.WebhookApi?.Properties, { Name: `quell-${stage}`, ProtocolType: 'HTTP' });
  yield* same(
    'its integrations',
    ofType('AWS::ApiGatewayV2::Integration').map(([, { Properties }]) => Properties),
    [
      {
        ApiId: 'WebhookApi',
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: `${functionOf(view, 'receive')[0]}.Arn`,
        PayloadFormatVersion: '2.0',
        TimeoutInMillis: 29_000,
      },
    ],
  );
  const [[, one] = []] = ofType('AWS::ApiGatewayV2::Stage');
  const { RouteSettings: throttles, AccessLogSettings: logged, ...rest } = one?.Properties ?? {};
  yield* routes(view, throttles, one?.DependsOn ?? []);
  yield* same('its stage', rest, {
    ApiId: 'WebhookApi',
    AutoDeploy: true,
    DefaultRouteSettings: { ThrottlingBurstLimit: throttling.burst, ThrottlingRateLimit: throttling.rate },
    StageName: '$default',
  });
  const log = idOf(view, 'AWS::Logs::LogGroup', 'AccessLog');
  yield* same(
    'where it logs',
    (logged as { DestinationArn?: unknown } | undefined)?.DestinationArn,
    settings.accessLog ? `${log}.Arn` : undefined,
  );
  const properties = (type: string) => ofType(type).map(([, { Properties }]) => Properties);
  const domain = idOf(view, 'AWS::ApiGatewayV2::DomainName');
  yield* same(
    'its domain',
    properties('AWS::ApiGatewayV2::DomainName'),
    customDomain
      ? [
          {
            DomainName: customDomain.name,
            DomainNameConfigurations: [{ CertificateArn: customDomain.certificateArn, EndpointType: 'REGIONAL' }],
          },
        ]
      : [],
  );
  yield* same(
    'what the domain leads to',
    properties('AWS::ApiGatewayV2::ApiMapping'),
    customDomain ? [{ ApiId: 'WebhookApi', DomainName: domain, Stage: '$default' }] : [],
  );
  yield* same(
    'where the domain stands',
    properties('AWS::Route53::RecordSet'),
    customDomain?.hostedZone
      ? [
          {
            AliasTarget: { DNSName: `${domain}.RegionalDomainName`, HostedZoneId: `${domain}.RegionalHostedZoneId` },
            HostedZoneId: customDomain.hostedZone.id,
            Name: `${customDomain.name}.`,
            Type: 'A',
          },
        ]
      : [],
  );
};

/** A throttle for each route, of its source's own or of all; the few that monitors need. */
function* routes({ settings, ofType }: View, throttles: unknown, before: readonly string[]): Generator<string> {
  const made = ofType('AWS::ApiGatewayV2::Route');
  const integration = ofType('AWS::ApiGatewayV2::Integration')[0]?.[0];
  for (const [id, { Properties }] of made) {
    const { RouteKey, ...rest } = Properties;
    yield* same(String(RouteKey), rest, {
      ApiId: 'WebhookApi',
      AuthorizationType: 'NONE',
      Target: `integrations/${integration}`,
    });
    // A throttle of a route that is not there yet fails the deploy.
    if (!before.includes(id)) yield `the stage does not wait for ${id}`;
  }
  const limit = (key: string) => {
    const source = settings.sources[key.split('/').at(-1) ?? ''];
    const { rate, burst } = key.endsWith(' /health')
      ? { rate: 5, burst: 20 }
      : { ...settings.throttling, ...(key.includes(' /u/') ? settings.unsubscribe?.throttling : source?.throttling) };
    return { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst };
  };
  yield* same(
    'the throttles',
    throttles,
    Object.fromEntries(
      made.map(
        ([
          ,
          {
            Properties: { RouteKey },
          },
        ]) => [RouteKey, limit(String(RouteKey))],
      ),
    ),
  );
}

/** What must stand before it can be used. SNS asks a new subscription once whether it is wanted: all that answers stands by then. */
export const order: Rule = function* (view) {
  const answering = Object.keys(view.resources).filter((id) => /^(Ingress|Processor|WebhookApi)/.test(id));
  for (const [id, { DependsOn = [] }] of view.ofType('AWS::SNS::Subscription'))
    if (id.startsWith('SesTopics')) yield* sameSet(`what ${id} waits for`, DependsOn, answering);
  const needed = ['AWS::ApiGatewayV2::Stage', 'AWS::ApiGatewayV2::DomainName', 'AWS::ApiGatewayV2::Route'];
  for (const [id, { DependsOn = [] }] of view.ofType('AWS::ApiGatewayV2::ApiMapping'))
    yield* sameSet(
      `what ${id} waits for`,
      DependsOn.filter((one) => needed.includes(view.resources[one]?.Type ?? '')),
      needed.flatMap((type) => view.ofType(type).map(([one]) => one)),
    );
};

/** Everything that is named as something to wait for, or to use, is a part of the template. */
export const references: Rule = function* ({ resources }: View) {
  for (const [id, resource] of Object.entries(resources)) {
    const text = JSON.stringify(resource);
    const names = [
      ...[...text.matchAll(/\{"Ref":"([^"]+)"\}/g)].map(([, name]) => name),
      ...[...text.matchAll(/\{"Fn::GetAtt":\["([^"]+)"/g)].map(([, name]) => name),
      ...(resource.DependsOn ?? []),
    ];
    for (const name of names)
      if (!name?.startsWith('AWS::') && resources[name ?? ''] === undefined)
        yield `${id} needs ${name}, which is not there`;
  }
};
