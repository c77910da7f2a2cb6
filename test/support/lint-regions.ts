/**
 * Templates of 1, 26, 52 and 100 sources with everything on, linted for every Region that cfn-lint knows: run by hand where cfn-lint is
 * installed, `npm exec node -- test/support/lint-regions.ts`. A template over a limit of AWS is refused with a sentence, which is printed, and the
 * largest that the sentence allows is linted in its place.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { templateOf } from '../../lib/constructs/limits.ts';
import { checkSize } from '../../lib/stack.ts';
import { manySources } from './many-sources.ts';
import { stackOf } from './template.ts';

/** CloudFormation has no HTTP APIs there, and synth says so. */
const WITHOUT_HTTP_API = /ApiGatewayV2.*(ap-east-2|ap-southeast-6)/;

const folder = mkdtempSync(join(tmpdir(), 'quell-lint-'));
let failed = false;
const counts = new Set([1, 26, 52, 100]);
for (const count of counts) {
  const settings = manySources(count);
  const stack = stackOf(settings);
  try {
    checkSize(stack, settings);
  } catch (error) {
    const { message } = error as Error;
    process.stdout.write(`${count} sources, refused:\n${message}\n`);
    counts.add(Number(/the first (\d+) of them/.exec(message)?.[1]));
    continue;
  }
  const file = join(folder, `${count}.json`);
  const template = templateOf(stack);
  writeFileSync(file, JSON.stringify(template));
  const { stdout, stderr, error } = spawnSync('cfn-lint', ['--regions', 'ALL_REGIONS', '--format', 'parseable', file], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  if (error) throw error;
  const all = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
  const found = all.filter((line) => !WITHOUT_HTTP_API.test(line));
  const resources = Object.keys(template.Resources ?? {}).length;
  const said = `${count} sources, ${resources} resources: ${found.length} findings, and ${all.length - found.length} of the Regions without HTTP APIs`;
  process.stdout.write(`${[said, ...new Set(found)].slice(0, 20).join('\n')}\n`);
  failed ||= found.length > 0;
}
process.exitCode = failed ? 1 : 0;
