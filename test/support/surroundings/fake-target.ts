import type { StagePolicy } from '../../../lambda/contract/config.ts';
import { judgingBy } from '../../../lib/ops/target/judging.ts';
import type { Clients, Names, SourceName, Target } from '../../../lib/ops/target/target.ts';
import { DEFAULT_POLICY } from '../../../lib/settings/policy.ts';

/** What a command of the SDK is answered, by its class name without `Command`; a thrown error is AWS's. */
export type Answers = Readonly<Record<string, (input: never) => unknown>>;

/** What a stack says of its settings, where nothing is set. */
export const STAGE_POLICY: StagePolicy = {
  policy: DEFAULT_POLICY,
  sources: {},
  thresholds: {
    minimumDelivered: 1000,
    bounceRate: { warning: 2, critical: 5 },
    complaintRate: { warning: 0.1, critical: 0.3 },
  },
  auditDays: 400,
};

export interface FakeTarget extends Target {
  /** Commands as they came: name and input. */
  readonly calls: { readonly name: string; readonly input: Record<string, unknown> }[];
}

/** A deployed stack that answers what the test says. */
export function fakeTarget(
  sources: Readonly<Record<string, Partial<SourceName>>>,
  answers: Answers,
  outputs: Readonly<Record<string, string>> = {},
): FakeTarget {
  const calls: FakeTarget['calls'] = [];
  const client = {
    async send(command: { readonly constructor: { readonly name: string }; readonly input: Record<string, unknown> }) {
      const name = command.constructor.name.replace(/Command$/, '');
      calls.push({ name, input: command.input });
      const answer = answers[name];
      if (!answer) throw Object.assign(new Error(name), { name: 'AccessDeniedException', $metadata: {} });
      return answer(command.input as never);
    },
  };
  const known: Readonly<Record<string, string>> = {
    ReceiveFunctionName: 'receive',
    ProcessFunctionName: 'process',
    PulseFunctionName: 'pulse',
    DeliveriesMappingId: 'u-1',
    ActsMappingId: 'u-2',
    FeedsMappingId: 'none',
    PageTopicArn: 'arn:aws:sns:eu-west-1:111122223333:page',
    TicketTopicArn: 'arn:aws:sns:eu-west-1:111122223333:ticket',
    ...outputs,
  };
  const names: Names = {
    url: 'https://hooks.example.com',
    tables: { events: 'events', suppression: 'suppression' },
    queues: {
      delivery: 'https://sqs.example.com/1/delivery',
      acts: 'https://sqs.example.com/1/acts',
      deadLetter: 'https://sqs.example.com/1/dead',
    },
    secretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:quell-prod-abc123',
    ownKeysArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:quell-prod-own-abc123',
    stage: 'prod',
    output: (key) => known[key] ?? '',
    sources: new Map(
      Object.entries(sources).map(([name, source]): [string, SourceName] => [
        name,
        { provider: 'generic', url: `https://hooks.example.com/webhooks/v1/${name}`, ...source },
      ]),
    ),
  };
  const clients = new Proxy({}, { get: () => async () => client }) as unknown as Clients;
  const judging = judgingBy(() => STAGE_POLICY);
  return { kind: 'deployed', label: 'quell-prod', names, clients, calls, ...judging };
}
