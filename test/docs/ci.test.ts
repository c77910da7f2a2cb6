import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';

/** The page on CI: its workflow and its two policies are read as GitHub and IAM read them, and held against each other. */

const require = createRequire(`${process.cwd()}/package.json`);
// The parser that the CDK brings along.
const { parse } = createRequire(require.resolve('aws-cdk-lib'))('yaml') as { parse: (text: string) => unknown };

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly on: object;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly environment?: string; readonly steps: readonly Step[] }>>;
}
interface Policy {
  readonly Statement: readonly [
    { readonly Effect: string; readonly Action: string; readonly Resource?: string; readonly Condition?: Condition },
  ];
}
type Condition = { readonly StringEquals: Readonly<Record<string, string>> };

const page = readFileSync('docs/ci.md', 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text);
const [yaml = ''] = blocks('yaml');
const deploy = parse(yaml) as Workflow;
const steps = Object.values(deploy.jobs).flatMap((job) => job.steps);
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const ours = globSync('.github/workflows/*.yml').map(
  (file) => [file, parse(readFileSync(file, 'utf8')) as Workflow] as const,
);

test.each([['docs/ci.md', deploy] as const, ...ours])(
  '%s: every step of the workflow runs what there is',
  (_file, { on, jobs }) => {
    expect(Object.keys(on)).not.toEqual([]);
    for (const { run, uses } of Object.values(jobs).flatMap((job) => job.steps)) {
      const script = /^npm run (\S+)/.exec(run ?? '')?.[1];
      if (script !== undefined) expect(scripts).toHaveProperty([script]);
      else if (run !== undefined) expect(run).toMatch(/^(npm (ci|test)|bash \.ci\/run)$/);
      else expect(uses).toMatch(/^[\w-]+\/[\w-]+@v\d+$/);
    }
  },
);

describe('the recipe', () => {
  const [trust, rights] = blocks('json').map((text) => JSON.parse(text) as Policy) as [Policy, Policy];

  test('may ask for the token that AWS takes, and for nothing else', () => {
    expect(deploy.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  });

  test('runs in the environment that the role trusts, and takes that role', () => {
    const { environment } = Object.values(deploy.jobs)[0] ?? {};
    const [{ Condition, Action }] = trust.Statement;
    expect(Action).toBe('sts:AssumeRoleWithWebIdentity');
    expect(Condition?.StringEquals).toEqual({
      'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
      'token.actions.githubusercontent.com:sub': `repo:example-org/quell:environment:${environment}`,
    });
    const role = steps.find(({ uses }) => uses?.startsWith('aws-actions/'))?.with?.['role-to-assume'];
    expect(page).toContain(`--role-name ${role?.split('/')[1]} --assume-role-policy-document file://trust.json`);
  });

  test('gives the role nothing but the roles of the CDK', () => {
    expect(rights.Statement).toEqual([
      { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::111122223333:role/cdk-*' },
    ]);
  });

  test('tests before it has credentials, shows the change, and names the stage each time', () => {
    const at = (pattern: RegExp) => steps.findIndex(({ run, uses }) => pattern.test(run ?? uses ?? ''));
    const order = [/^npm ci$/, /^npm test$/, /^aws-actions\//, /^npm run diff/, /^npm run deploy/].map(at);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
    const cdk = steps.flatMap(({ run = '' }) => (/npm run (diff|deploy)/.test(run) ? [run] : []));
    for (const line of cdk) expect(line).toContain(' -- -c stage=prod');
    expect(cdk.at(-1)).toMatch(/--require-approval never$/);
  });
});

test('git keeps the settings of a team, and what runs leave behind not', () => {
  const ignored = readFileSync('.gitignore', 'utf8').split('\n');
  expect(ignored.filter((line) => line.includes('settings'))).toEqual([]);
  expect(ignored).toEqual(expect.arrayContaining(['.local/', '.data/', 'cdk.out/']));
});
