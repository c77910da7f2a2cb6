import { once } from 'node:events';
import { defineCommand } from '../cli/command.ts';
import { CannotKnow } from '../cli/errors.ts';
import { EXIT } from '../cli/exit.ts';
import { jsonLine } from '../cli/io.ts';
import { resolveTarget } from '../target/resolve.ts';
import { TARGET_OPTIONS } from '../target/target.ts';
import { parseCount } from '../words/time.ts';

/** How often an open page of a deployed stack looks again: each look asks CloudWatch, which has its price. */
const LOOK_SECONDS = 30;

export const command = defineCommand({
  args: [],
  about: `
Serves the console on this machine's loopback address, for the stack that your own AWS rights reach: nothing is deployed, and nobody else
can open it without the printed address. Ends with Ctrl-C. The viewer policy is enough for --read-only.
Exit codes: 0 it was ended, 2 usage, 3 cannot know (no such stack, or the port is taken).`,
  options: {
    port: { type: 'string', value: 'N', help: 'where to listen (default: any free port)' },
    'read-only': { type: 'boolean', help: 'show no action, and do none' },
    'no-open': { type: 'boolean', help: 'print the address, open no browser' },
    ...TARGET_OPTIONS,
  },
  changes: [],
  example: 'ops console --stage prod --read-only',

  async run({ options: given, io }) {
    const port = given.port === undefined ? 0 : parseCount('port', given.port, 65_535);
    const target = await resolveTarget(given, io);
    const { watchOf } = await import('./doctor/watch-of.ts');
    const { changesBySeconds, changesInFolder, serveConsole } = await import('../console/server.ts');
    const { productVersion } = await import('../console/version.ts');
    const context = { target, watch: await watchOf(target), readOnly: given['read-only'] === true, now: Date.now };
    const { logsDir } = target.names;
    const watchChanges = logsDir === undefined ? changesBySeconds(LOOK_SECONDS) : changesInFolder(logsDir);
    const served = await serveConsole({ context, version: productVersion(), watchChanges }, port).catch((error) => {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
        throw new CannotKnow(`Port ${port} is taken: name another with --port, or none for any free one.`);
      throw error;
    });
    served.warm();
    io.print(given.json ? jsonLine({ url: served.url }) : served.url);
    io.say(`The console of ${target.label}. Ctrl-C ends it.`);
    if (!given['no-open'] && process.stdout.isTTY) await openBrowser(served.url);
    const ended = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => ended.abort());
    await once(ended.signal, 'abort');
    await served.close();
    return EXIT.yes;
  },
});

/** Whoever has no browser, or none that can be started, has the address. */
async function openBrowser(url: string): Promise<void> {
  const { spawn } = await import('node:child_process');
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
