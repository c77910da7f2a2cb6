import { join } from 'node:path';
import { type LocalStack, startLocal } from '../../lib/local/runner.ts';
import { stopWithCleanLogs } from './clean-logs.ts';
import { Driver } from './driver.ts';
import { ops, project, type Ran } from './ops.ts';

export interface OpsStack {
  readonly root: string;
  readonly local: LocalStack;
  readonly driver: Driver;
  /** One command line against this stack. */
  run(args: readonly string[], input?: string): Promise<Ran>;
  stop(): Promise<void>;
}

/** Sources for whoever needs but one or two: suites with the same settings share one synthesis. */
export const GUIDE_AND_OTHER = { guide: { provider: 'generic' }, other: { provider: 'generic' } };
/** Of the suites whose events are read as reports. */
export const SHOP_AND_NEWS = { shop: { provider: 'generic' }, news: { provider: 'generic' } };
export const ARCHIVED_AND_SEARCHED = { archive: {}, searchKeys: ['Order_ID'] };

/** A local stack with these sources, and the command line that works on it. */
export async function startOpsStack(
  sources: Readonly<Record<string, object>>,
  { dataDir, secrets, settings = {} }: { dataDir?: string; secrets?: object; settings?: object } = {},
): Promise<OpsStack> {
  const { root, remove } = project({ 'settings.json': { ...settings, sources }, 'secrets.json': secrets ?? {} });
  const local = await startLocal({
    home: join(root, '.local'),
    quiet: true,
    settings: join(root, 'settings.json'),
    ...(dataDir !== undefined && { dataDir }),
    ...(secrets && { secrets: join(root, 'secrets.json') }),
  });
  const driver = new Driver(local.stack);
  return {
    root,
    local,
    driver,
    run: (args, input = '') => ops([...args, '--local'], { root, input }),
    async stop() {
      driver.close();
      await stopWithCleanLogs(local);
      remove();
    },
  };
}
