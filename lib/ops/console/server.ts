import { once } from 'node:events';
import { watch as watchFolder } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { type App, consoleApp } from './app.ts';
import { overviewModel } from './model/overview.ts';
import { newToken } from './safety.ts';

export interface Console {
  /** With its token: whoever has this address may use the console. */
  readonly url: string;
  /** Makes the overview once for nobody, so that whoever looks first does not wait for what is loaded on first use. */
  warm(): void;
  close(): Promise<void>;
}

/** A browser looks again. */
const PATIENCE_MS = 150;

/**
 * Serves the console on the loopback address.
 * @param port 0 = any free
 * @throws Error with code EADDRINUSE where the port is taken
 */
export async function serveConsole(
  parts: Pick<App, 'context' | 'version' | 'watchChanges'>,
  port = 0,
): Promise<Console> {
  const token = newToken();
  let bound = port;
  const context = { patience: PATIENCE_MS, ...parts.context };
  const app = consoleApp({ ...parts, context, door: { token, port: () => bound } });
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  bound = (server.address() as AddressInfo).port;
  // A connection that could not be accepted is no reason to end.
  server.on('error', () => undefined);
  return {
    url: `http://127.0.0.1:${bound}/?token=${token}`,
    warm: () => void overviewModel(context).catch(() => undefined),
    async close() {
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
    },
  };
}

const DEBOUNCE_MS = 250;
/** Times are shown by their age, which goes on where nothing happens. */
const AGING_MS = 30_000;

/** Changes of a local stack: its functions write logs whenever they do something. */
export const changesInFolder =
  (folder: string): App['watchChanges'] =>
  (changed) => {
    let timer: NodeJS.Timeout | undefined;
    const aging = setInterval(changed, AGING_MS);
    const watcher = watchFolder(folder, () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        changed();
      }, DEBOUNCE_MS);
    });
    // The folder went: pages look again by age alone.
    watcher.on('error', () => undefined);
    return () => {
      clearTimeout(timer);
      clearInterval(aging);
      watcher.close();
    };
  };

/** A deployed stack tells nobody: every open page looks again now and then. */
export const changesBySeconds =
  (seconds: number): App['watchChanges'] =>
  (changed) => {
    const timer = setInterval(changed, seconds * 1000);
    return () => clearInterval(timer);
  };
