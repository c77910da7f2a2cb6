import { CfnElement, type Stack } from 'aws-cdk-lib';

/**
 * Limits of AWS that a large settings file can meet, checked on the finished template: CloudFormation would find them half way through a
 * deploy, with half a sentence. What only the deployment knows (account, Region, names of CloudFormation's making) counts with the most it
 * can be. Numbers: the services' quota pages, November 2026; none of them can be raised, but for the routes.
 */
interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}
type Resources = Readonly<Record<string, Resource>>;
interface Template {
  readonly Resources?: Resources;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** The template of a stack before it is written: the CDK itself stops at too many resources, with a stack trace. */
export function templateOf(stack: Stack): Template {
  const parts = stack.node
    .findAll()
    .filter((node) => CfnElement.isCfnElement(node))
    .map(
      (element) =>
        stack.resolve((element as unknown as { _toCloudFormation(): object })._toCloudFormation()) as Template,
    );
  return {
    Resources: Object.assign({}, ...parts.map(({ Resources }) => Resources)),
    Outputs: Object.assign({}, ...parts.map(({ Outputs }) => Outputs)),
  };
}

interface Limit {
  readonly what: string;
  readonly most: number;
  readonly unit: string;
  /** Of one resource. */
  readonly of: (properties: Readonly<Record<string, unknown>>, text: (value: unknown) => string) => number;
}

const LIMITS: Readonly<Record<string, readonly Limit[]>> = {
  'AWS::SQS::QueuePolicy': [
    { what: 'the policy of a queue', most: 8192, unit: 'bytes', of: (p, text) => text(p.PolicyDocument).length },
    { what: 'the policy of a queue', most: 20, unit: 'statements', of: (p) => statements(p) },
  ],
  'AWS::IAM::ManagedPolicy': [
    { what: 'the policy of operators', most: 6144, unit: 'characters', of: (p, text) => text(p.PolicyDocument).length },
  ],
  'AWS::IAM::Policy': [
    { what: "a function's policy", most: 10_240, unit: 'characters', of: (p, text) => text(p.PolicyDocument).length },
  ],
  'AWS::Lambda::Function': [
    { what: "a function's environment", most: 4096, unit: 'bytes', of: (p, text) => text(p.Environment ?? {}).length },
  ],
  'AWS::CloudWatch::CompositeAlarm': [
    {
      what: 'the rule of the joint alarm',
      most: 10_240,
      unit: 'characters',
      of: (p, text) => text(p.AlarmRule).length,
    },
  ],
};

const MOST_RESOURCES = 500;
const MOST_ROUTES = 300;
const MOST_OUTPUTS = 200;
const MOST_OUTPUT_BYTES = 4096;
const MOST_TEMPLATE_BYTES = 1_000_000;

interface Measure {
  /** The limit, and of what. */
  readonly limit: string;
  /** What of the limit is used; more than 1 = it is met. */
  readonly share: number;
  readonly sentence: string;
}

/** Every limit that a template meets, as a sentence. Empty = it can be deployed. */
export const limitsMet = (template: Template): string[] =>
  measures(template).flatMap(({ share, sentence }) => (share > 1 ? [sentence] : []));

/** What is used of each limit, by its name; more than 1 of any = too much. */
export type Shares = ReadonlyMap<string, number>;
export const sharesOf = (template: Template): Shares =>
  new Map(measures(template).map(({ limit, share }) => [limit, share]));

function measures({ Resources: resources = {}, Outputs: outputs = {} }: Template): Measure[] {
  const text = (value: unknown) => longest(value, resources);
  const all = Object.entries(resources);
  const counted = (what: string, is: number, most: number): Measure => ({
    limit: what,
    share: is / most,
    sentence: `${what}: ${is}, allowed: ${most}`,
  });
  const routes = all.filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Route').length;
  const sizes = all.flatMap(([id, { Type, Properties = {} }]) =>
    (LIMITS[Type] ?? []).map(({ what, most, unit, of }): Measure => {
      const is = of(Properties, text);
      const sentence = `${what} (${id}): ${is} ${unit}, allowed: ${most}`;
      return { limit: `${what} (${id}), ${unit}`, share: is / most, sentence };
    }),
  );
  const values = Object.entries(outputs).map(([name, { Value }]) =>
    counted(`the output ${name}, bytes`, text(Value).length, MOST_OUTPUT_BYTES),
  );
  return [
    counted('resources', all.length, MOST_RESOURCES),
    counted('routes of the API', routes, MOST_ROUTES),
    counted('outputs', Object.keys(outputs).length, MOST_OUTPUTS),
    counted('bytes of the template', JSON.stringify({ resources, outputs }).length, MOST_TEMPLATE_BYTES),
    ...sizes,
    ...values,
  ];
}

const GUESSES = 6;

/**
 * How many fit, of a number that does not. Each more uses about as much of a limit as the one before, so the guess goes along the lines
 * between the most that fitted and the fewest that did not: a few stacks are built where halving would build seven.
 * @param count that many do not fit
 * @param full what they use
 * @param fullWith what fewer use
 */
export function mostThatFits(count: number, full: Shares, fullWith: (count: number) => Shares): number {
  let fit: { readonly count: number; readonly full: Shares } = { count: 0, full: new Map() };
  let tooMany = { count, full };
  for (let tries = 0; tooMany.count - fit.count > 1; tries++) {
    // What does not grow along a line is halved after a while.
    const along = tries < GUESSES ? crossing(fit.full, tooMany.full) : 0.5;
    const guess = Math.floor(fit.count + (tooMany.count - fit.count) * along);
    // One is cheap to build, and shows what is used by none.
    const next = fit.count === 0 ? 1 : Math.min(Math.max(guess, fit.count + 1), tooMany.count - 1);
    const tried = { count: next, full: fullWith(next) };
    if (Math.max(...tried.full.values()) > 1) tooMany = tried;
    else fit = tried;
  }
  return fit.count;
}

/** How far along the way from what fits to what does not the first limit is met. */
const crossing = (fit: Shares, tooMany: Shares): number =>
  Math.min(
    ...[...tooMany].flatMap(([limit, share]) => {
      const from = fit.get(limit) ?? 0;
      return share > 1 ? [(1 - from) / (share - from)] : [];
    }),
  );

const statements = ({ PolicyDocument }: Readonly<Record<string, unknown>>): number =>
  ((PolicyDocument as { Statement?: unknown[] } | undefined)?.Statement ?? []).length;

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws-us-gov',
  'AWS::Region': 'ap-southeast-1',
  'AWS::AccountId': '000000000000',
  'AWS::URLSuffix': 'amazonaws.com',
};
/** Before the name in an ARN: partition, service, Region, account. */
const ARN = `arn:aws-us-gov:secretsmanager:ap-southeast-1:000000000000:`;
/** The longest name that CloudFormation makes, by type; of all others 64. */
const MADE_NAME: Readonly<Record<string, number>> = { 'AWS::SQS::Queue': 80, 'AWS::IAM::ManagedPolicy': 128 };

/** A value as it can be at its longest: text as it is, anything else as JSON with every reference replaced. */
function longest(value: unknown, resources: Resources): string {
  const replaced = replace(value, resources);
  return typeof replaced === 'string' ? replaced : JSON.stringify(replaced);
}

function replace(value: unknown, resources: Resources): unknown {
  if (Array.isArray(value)) return value.map((item) => replace(item, resources));
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = ['', undefined], ...more] = Object.entries(value);
  if (more.length === 0) {
    if (name === 'Fn::Join') {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map((part) => longest(part, resources)).join(separator);
    }
    if (name === 'Ref' || name === 'Fn::GetAtt') return reference([argument].flat() as string[], resources);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item, resources)]));
}

function reference([id = '', attribute]: readonly string[], resources: Resources): string {
  if (PSEUDO[id] !== undefined) return PSEUDO[id];
  const { Type = '', Properties = {} } = resources[id] ?? {};
  const given = Object.entries(Properties).find(([key, value]) => /Name$/.test(key) && typeof value === 'string')?.[1];
  const name = typeof given === 'string' ? given : 'x'.repeat(MADE_NAME[Type] ?? 64);
  const isArn = attribute?.endsWith('Arn') || ['AWS::SNS::Topic', 'AWS::SecretsManager::Secret'].includes(Type);
  return isArn ? `${ARN}${name}` : name;
}
