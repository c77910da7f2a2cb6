import { readConfig } from '../../../../lambda/aws/config.ts';
import { readEnv } from '../../../../lambda/contract/env.ts';
import { CannotKnow } from '../../cli/errors.ts';
import { targetOf } from '../../target/outputs.ts';
import type { Target } from '../../target/target.ts';

/** The stack that this function belongs to, as its own variables and the config beside its code tell it. */
export function ownTarget(): Target {
  const { STACK_OUTPUTS } = readEnv('console');
  const { stage, sources, stagePolicy } = readConfig();
  if (!stagePolicy) throw new CannotKnow('This function was not built as the console.');
  const own = Object.entries(sources);
  const outputs = new Map<string, string>([
    ...Object.entries(JSON.parse(STACK_OUTPUTS) as Record<string, string>),
    ['Sources', JSON.stringify(Object.fromEntries(own.map(([name, { provider }]) => [name, provider])))],
    ['Policy', JSON.stringify(stagePolicy)],
    // A viewer has no secret, not even by name.
    ['SecretArn', 'none'],
    ['OwnKeysArn', 'none'],
  ]);
  return targetOf(stage, outputs, new Map(own), {});
}
