import { describe, expect, test } from '@jest/globals';
import { ownRunbookPage, runbookPage } from '../../../lib/settings/runbook-url.ts';

describe("the runbook's address, by the repository", () => {
  const GITHUB = 'https://github.com/example-org/quell/blob/HEAD/docs/runbook.md';
  test.each([
    ['https://github.com/example-org/quell.git', GITHUB],
    ['https://github.com/example-org/quell\n', GITHUB],
    ['git@github.com:example-org/quell.git', GITHUB],
    ['ssh://git@github.com/example-org/quell.git', GITHUB],
    ['ssh://git@github.com:22/example-org/quell.git', GITHUB],
    ['https://someone:ghp_hushhush@github.com/example-org/quell.git', GITHUB],
    ['git@gitlab.com:group/sub/quell.git', 'https://gitlab.com/group/sub/quell/-/blob/HEAD/docs/runbook.md'],
    ['https://bitbucket.org/team/quell.git', 'https://bitbucket.org/team/quell/src/HEAD/docs/runbook.md'],
    ['git@git.example.com:team/quell.git', undefined],
    ['/srv/git/quell.git', undefined],
    ['../quell', undefined],
    ['https://github.com/', undefined],
    ['https://github.com/a/b"><script>', undefined],
    ['', undefined],
  ])('%j', (remote, page) => {
    expect(runbookPage(remote)).toBe(page);
  });

  test('where there is no repository there is none', () => {
    expect(ownRunbookPage('/')).toBeUndefined();
  });
});
