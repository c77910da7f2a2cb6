import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startNullAws } from '../../../bench/aws/null-aws.ts';
import { peakOf } from '../../../bench/process.ts';
import { configOf, shipped } from '../../../bench/run/bundles.ts';
import { MEMORY_MB } from '../../../bench/run/subject.ts';
import { settingsOf } from '../../support/stack/settings.ts';
import { synthesize } from '../../support/template.ts';

test('ten messages of 1 MiB, and 40,000 small events, fit the memory that the template gives the function', async () => {
  const { MemorySize } = synthesize(settingsOf()).first('AWS::Lambda::Function', 'Process');
  expect(MemorySize).toBe(MEMORY_MB);
  const folder = await shipped(
    'process',
    configOf(['sendgrid'], { archive: {} }),
    mkdtempSync(join(tmpdir(), 'quell-')),
  );
  const aws = await startNullAws();
  try {
    expect(await peakOf(folder, aws.url)).toBeLessThan(MEMORY_MB);
  } finally {
    aws.stop();
  }
}, 120_000);
