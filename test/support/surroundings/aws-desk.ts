import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a deployed stack is asked through services that no emulator has: its outputs, who calls, its alarms. */
export interface AwsDesk {
  readonly url: string;
  /** Names of operations in order; a call for which this returns true is cut off. */
  fault: (operation: string) => boolean;
  stop(): Promise<void>;
}

export const CALLER = 'arn:aws:sts::123456789012:assumed-role/Operators/ada';

/** CloudFormation, STS and CloudWatch, as much of them as the command line calls. */
export async function startAwsDesk(stack: string, outputs: Readonly<Record<string, string>>): Promise<AwsDesk> {
  const desk = { fault: (_operation: string) => false };
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value.replaceAll('"', '&quot;')}</OutputValue></member>`,
  );
  const found = `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${stack}</StackName><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
  const missing = `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>there is no such stack</Message></Error></ErrorResponse>`;
  const caller = `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${CALLER}</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`;
  const json = new Map<string, (input: Record<string, string[]>) => object>([
    [
      'DescribeAlarms',
      ({ AlarmNames = [] }) => ({ MetricAlarms: AlarmNames.map((AlarmName) => ({ AlarmName, ActionsEnabled: true })) }),
    ],
    ['GetAlarmMuteRule', () => ({ Status: 'ACTIVE' })],
    ['PutAlarmMuteRule', () => ({})],
    ['DeleteAlarmMuteRule', () => ({})],
  ]);
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    if (desk.fault(operation)) return void request.socket.destroy();
    const answer = json.get(operation);
    if (answer) {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      return void response.end(JSON.stringify(answer(JSON.parse(body) as Record<string, string[]>)));
    }
    const asked = new URLSearchParams(body);
    const isKnown = asked.get('Action') === 'GetCallerIdentity' || asked.get('StackName') === stack;
    response.writeHead(isKnown ? 200 : 400, { 'content-type': 'text/xml' });
    response.end(asked.get('Action') === 'GetCallerIdentity' ? caller : isKnown ? found : missing);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return Object.assign(desk, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  });
}
