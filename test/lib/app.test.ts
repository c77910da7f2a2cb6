import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EVERYTHING } from '../support/many-sources.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-app-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the app as the CDK does, without bundling. */
function synth(context: Record<string, unknown>, region?: string) {
  const output = join(folder, 'out');
  const { status, stderr } = spawnSync(process.execPath, ['bin/app.ts'], {
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: output,
      CDK_VALIDATION: 'true',
      ...(region && { CDK_DEFAULT_REGION: region }),
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, 'aws:cdk:bundling-stacks': [] }),
    },
  });
  return { status, stderr, files: status === 0 ? readdirSync(output) : [] };
}

test("a stage is one stack of its name, synthesized without asking an account; with everything on, AWS's rules have nothing to say", () => {
  const ses = { provider: 'ses', createTopic: true };
  const file = join(folder, 'everything.json');
  writeFileSync(file, JSON.stringify({ ...EVERYTHING, sources: { sparkpost: { provider: 'sparkpost' }, ses } }));
  const { status, stderr, files } = synth({ settings: file, stage: 'all' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(files).toContain('quell-all.template.json');
  const report = JSON.parse(readFileSync(join(folder, 'out/validation-report.json'), 'utf8')) as object;
  expect(report).toMatchObject({ pluginReports: [] });
});

test('mistakes end it with a message and no stack trace', () => {
  const file = join(folder, 'wrong.json');
  writeFileSync(file, '{"sources":{"a":{"provider":"sendgird"}},"concurrency":1}');
  // This Region can have the stack: it says nothing of its own.
  const { status, stderr } = synth({ settings: file }, 'us-gov-west-1');
  expect(status).toBe(1);
  expect(stderr).not.toContain('us-gov-west-1');
  expect(stderr).toMatch(/2 mistakes\n {2}sources\.a\.provider.+\n {2}concurrency/);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('a Region that cannot have the stack is refused with a sentence, before CloudFormation does', () => {
  const { status, stderr } = synth({ stage: 'example' }, 'ap-southeast-6');
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('ap-southeast-6 has no HTTP APIs') });
});
