import { SettingsError } from '../mistakes.ts';

/**
 * Regions without AWS::ApiGatewayV2: the resource types that CloudFormation's registry lists for each Region, as cfn-lint 1.51.0 ships
 * them (November 2026). In all others, China and GovCloud among them, every type that this stack uses is there.
 */
const WITHOUT_HTTP_API: readonly string[] = ['ap-east-2', 'ap-southeast-6'];

/** @param region where the CDK would deploy to; undefined where it does not know @throws SettingsError where that cannot work */
export function checkRegion(region: string | undefined): void {
  if (region === undefined || !WITHOUT_HTTP_API.includes(region)) return;
  throw new SettingsError(
    `${region} has no HTTP APIs in CloudFormation, which this stack is built on. Deploy to another Region: export AWS_REGION=... (docs/deploy.md lists them).`,
  );
}
