import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openDataFolder, openHome, type StackFile } from '../../../lib/local/home.ts';
import { temporaryFolder } from '../../support/local-toy.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the folder of a run is for its owner alone, also where it stood open before', async () => {
  const open = join(folder, 'open');
  mkdirSync(open, { mode: 0o755 });
  for (const path of [open, join(folder, 'new')]) {
    const home = await openHome(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    // It holds the console's token.
    home.writeStack({} as StackFile);
    expect(statSync(join(path, 'stack.json')).mode & 0o777).toBe(0o600);
    home.close();
  }
});

test.each(['run.lock', 'stack.json'])('a folder in the place of %s is named and stays', async (name) => {
  const path = join(folder, `with-${name}`);
  mkdirSync(join(path, name), { recursive: true });
  await expect(openHome(path)).rejects.toThrow(`${join(path, name)} must be a file of the local run`);
  expect(statSync(join(path, name)).isDirectory()).toBe(true);
});

test('a folder for data is for its owner alone too; one that holds other things is not shut, but refused', () => {
  for (const kept of [[], ['dynamodb.sqlite', 'fauxqs.db', 'keys.json', 'quell-local-events.position']]) {
    const path = join(folder, `data-${kept.length}`);
    mkdirSync(path, { mode: 0o755 });
    for (const name of kept) writeFileSync(join(path, name), '');
    openDataFolder(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  }
  openDataFolder(join(folder, 'a/new'));
  expect(statSync(join(folder, 'a/new')).mode & 0o777).toBe(0o700);

  const shared = join(folder, 'shared');
  mkdirSync(shared, { mode: 0o755 });
  writeFileSync(join(shared, 'README'), '');
  expect(() => openDataFolder(shared)).toThrow(`chmod 700 ${shared}`);
  expect(statSync(shared).mode & 0o777).toBe(0o755);
  expect(() => openDataFolder(join(shared, 'README'))).toThrow('must be a folder of yours');
});
