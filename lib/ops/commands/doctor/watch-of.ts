import type { Target } from '../../target/target.ts';
import type { Watch } from './watch.ts';

/** Where a stack's functions report on themselves. */
export async function watchOf(target: Target): Promise<Watch> {
  if (target.kind === 'local') return new (await import('./watch-logs.ts')).LogWatch(target.names.logsDir);
  return new (await import('./watch-aws.ts')).AwsWatch(target);
}
