import { DomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { Settings } from '../../settings/schema.ts';

/**
 * The API under the team's own name. The API's first address stays alive, because an ESP may still post to it. With a hosted zone the
 * records are made too; its id is given, so that nothing is looked up while synthesizing.
 */
export class CustomDomain extends Construct {
  readonly domain: DomainName;

  constructor(
    scope: Construct,
    id: string,
    { name, certificateArn, hostedZone }: NonNullable<Settings['customDomain']>,
  ) {
    super(scope, id);
    const certificate = Certificate.fromCertificateArn(this, 'Certificate', certificateArn);
    this.domain = new DomainName(this, 'Name', { domainName: name, certificate });
    if (!hostedZone) return;
    new ARecord(this, 'Record', {
      zone: HostedZone.fromHostedZoneAttributes(this, 'Zone', {
        hostedZoneId: hostedZone.id,
        zoneName: hostedZone.name,
      }),
      recordName: `${name}.`,
      target: RecordTarget.fromAlias(
        new ApiGatewayv2DomainProperties(this.domain.regionalDomainName, this.domain.regionalHostedZoneId),
      ),
    });
  }
}
