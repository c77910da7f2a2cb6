import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalStack } from '../../lib/local/runner.ts';

/**
 * What no function may write into its log, whatever it was fed: an address, a piece of a payload (names of fields that only payloads
 * have), a secret or a key in any of their forms.
 */
const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
  ['an address', /[\w.+-]+@[\w-]+\.[a-z]{2,}/i],
  ['a payload', /sg_message_id|smtp-id|bouncedRecipients|event-data|"diagnostic|\\"event/],
  ['a secret', /whsec_|BEGIN [A-Z ]*KEY|guide-secret|-secret-\d/],
];

/** Ends a local stack, and fails where a line in any of its functions' logs holds what none may hold. Every test ends its stack so. */
export async function stopWithCleanLogs(local: LocalStack | undefined): Promise<void> {
  if (!local) return;
  const lines = globSync(join(local.stack.logsDir, '*.log')).flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  await local.stop();
  for (const [what, pattern] of FORBIDDEN) {
    const found = lines.find((line) => pattern.test(line));
    if (found !== undefined) throw new Error(`a log line holds ${what}: ${found.slice(0, 500)}`);
  }
  if (lines.length < 2) throw new Error('the functions of this stack logged nothing: there was nothing to search');
}
