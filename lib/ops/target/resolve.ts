import { UsageError } from '../cli/errors.ts';
import type { Io } from '../cli/io.ts';
import type { Target, TargetValues } from './target.ts';

/** The one place that decides which stack a command works on. */
export async function resolveTarget(values: TargetValues, io: Io): Promise<Target> {
  if (!values.local) return (await import('./deployed.ts')).deployedTarget(values, io);
  if (values.stage !== undefined) throw new UsageError('--local and --stage name two different stacks: choose one.');
  return (await import('./local.ts')).localTarget(io);
}
