import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { scaleway } from '../../../lambda/providers/scaleway/index.ts';
import { ses } from '../../../lambda/providers/ses/index.ts';
import { openLog } from '../../../lib/local/functions/logs.ts';
import { isRunning, startToy, type Toy, temporaryFolder, until } from '../../support/local-toy.ts';

let toy: Toy | undefined;
afterEach(async () => {
  await toy?.stop();
  toy = undefined;
});

const start = (body: string, setup = {}): Toy => {
  toy = startToy(`let calls = 0;\nexports.handler = async (event, context) => { ${body} };`, setup);
  return toy;
};

describe('a function', () => {
  test('gets the event, its environment and a context, and answers', async () => {
    const { function: run } = start(
      'return { event, greeting: process.env.GREETING, home: process.env.HOME, left: context.getRemainingTimeInMillis(), name: context.functionName }',
    );
    const answer = await run.invoke({ a: ['ü'] });
    expect(answer).toEqual({ event: { a: ['ü'] }, greeting: 'hello', left: expect.any(Number), name: 'toy' });
    expect((answer as { left: number }).left).toBeGreaterThan(4000);
  });

  test('runs one invocation at a time in each environment, several at once in several', async () => {
    const { function: run } = start(
      'calls += 1; const mine = calls; await new Promise((r) => setTimeout(r, 100)); return mine === calls',
    );
    const answers = await Promise.all([run.invoke({}), run.invoke({}), run.invoke({}), run.invoke({})]);
    expect(answers).toEqual([true, true, true, true]);
  });

  test('that throws fails the invocation and lives on', async () => {
    const { function: run, shown } = start('if (event.bad) throw new TypeError("no"); return "ok"');
    await expect(run.invoke({ bad: true })).rejects.toThrow('toy: no');
    expect(await run.invoke({})).toBe('ok');
    expect(shown).toEqual(['toy: TypeError: no']);
  });

  test('that takes too long is ended, even in a busy loop, and the next call finds a new one', async () => {
    const { function: run } = start('while (event.bad); return "ok"', { timeoutSeconds: 0.2 });
    await expect(run.invoke({ bad: true })).rejects.toThrow('timed out after 0.2 seconds');
    expect(await run.invoke({})).toBe('ok');
  });

  test('that ends its process fails the invocation only', async () => {
    const { function: run } = start('if (event.bad) process.exit(3); return "ok"');
    await expect(run.invoke({ bad: true })).rejects.toThrow('ended its process');
    expect(await run.invoke({})).toBe('ok');
  });

  test('whose bundle does not load says why', async () => {
    toy = startToy('throw new Error("broken bundle")');
    await expect(toy.function.invoke({})).rejects.toThrow('broken bundle');
  });

  test('that is killed fails what it was doing and is replaced, under another process id', async () => {
    const { function: run, restarts } = start(
      'if (event.slow) await new Promise((r) => setTimeout(r, 5000)); return "ok"',
    );
    await run.invoke({});
    const before = run.pid();
    const slow = run.invoke({ slow: true });
    setTimeout(() => process.kill(before, 'SIGKILL'), 50);
    await expect(slow).rejects.toThrow('died');
    expect(await run.invoke({})).toBe('ok');
    await until(() => restarts() === 1);
    expect(run.pid()).not.toBe(before);
    expect(isRunning(before)).toBe(false);
  });

  test('gets the certificate of this run wherever it fetches a signing certificate', async () => {
    const hosts = [ses, scaleway].flatMap(({ certificateHosts = [] }) => certificateHosts.map(({ source }) => source));
    const { function: run } = start('return (await fetch(event.url)).text()', { certificate: { pem: 'PEM', hosts } });
    const urls = [
      'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem',
      'https://sns.cn-north-1.amazonaws.com.cn/x.pem',
      'https://messaging.s3.fr-par.scw.cloud/x.pem',
    ];
    expect(await Promise.all(urls.map((url) => run.invoke({ url })))).toEqual(['PEM', 'PEM', 'PEM']);
    // Any other fetch is a real one; these addresses answer nothing.
    await expect(run.invoke({ url: 'http://127.0.0.1:1/sns.eu-west-1.amazonaws.com/x.pem' })).rejects.toThrow(
      'fetch failed',
    );
  });
});

test('a log that cannot be written is told of once, and the function goes on without it', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'toy.log'));
  const shown: string[] = [];
  const log = openLog(folder, 'toy', (line) => shown.push(line));
  log.report(1);
  await until(() => shown.length > 0);
  log.report(1);
  await log.close();
  expect(shown).toEqual([expect.stringMatching(/^toy: its log ends here: EISDIR/)]);
  rmSync(folder, { recursive: true });
});
