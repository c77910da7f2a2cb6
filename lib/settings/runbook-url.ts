import { spawnSync } from 'node:child_process';

/** Where the runbook stands in the repository. */
export const RUNBOOK = 'docs/runbook.md';

/** How hosts of repositories show a file of the default branch. */
const PAGES: ReadonlyMap<string, (repository: string) => string> = new Map([
  ['github.com', (repository) => `https://github.com/${repository}/blob/HEAD/${RUNBOOK}`],
  ['gitlab.com', (repository) => `https://gitlab.com/${repository}/-/blob/HEAD/${RUNBOOK}`],
  ['bitbucket.org', (repository) => `https://bitbucket.org/${repository}/src/HEAD/${RUNBOOK}`],
]);

/**
 * The runbook's page at the host of a repository; undefined where that host shows none, or is not known.
 * @param remote as git has it: `https://[user:token@]host/path[.git]`, `ssh://git@host/path`, `git@host:path`. Nothing but host and path goes on.
 */
export function runbookPage(remote: string): string | undefined {
  const [, host = '', path = ''] =
    /^(?:(?:https|ssh):\/\/)?(?:[^@/\s]+@)?([a-z0-9.-]+)(?::\d+(?=\/))?[:/]([\w./-]+?)(?:\.git)?\/?$/i.exec(
      remote.trim(),
    ) ?? [];
  const repository = path.replace(/^\/+/, '');
  return /^[\w.-]+(\/[\w.-]+)+$/.test(repository) ? PAGES.get(host.toLowerCase())?.(repository) : undefined;
}

/** That of the checkout in `directory`: where the team keeps its copy, its runbook is. */
export function ownRunbookPage(directory: string): string | undefined {
  const { stdout, status } = spawnSync('git', ['config', '--get', 'remote.origin.url'], {
    cwd: directory,
    encoding: 'utf8',
    timeout: 5_000,
  });
  return status === 0 ? runbookPage(stdout) : undefined;
}
