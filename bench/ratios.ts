/**
 * `node bin/preflight.mjs bench/ratios.ts [times]`: only what is compared in CPU time, as often as asked, to see how far one run can be
 * trusted. One line each: `receive` by events per request and `process` to their floors, `process` to one PutItem per event.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNullAws } from './aws/null-aws.ts';
import { compareProcess } from './process.ts';
import { compareReceive } from './receive.ts';
import { range } from './report/text.ts';
import { everyProvider, peer, shipped } from './run/bundles.ts';
import { EFFORT } from './run/rounds.ts';

const into = mkdtempSync(join(tmpdir(), 'quell-ratios-'));
const aws = await startNullAws();
try {
  const all = everyProvider();
  const receive = {
    ours: await shipped('receive', all, into),
    floor: await peer('receive-floor', all, into),
    floorByEngine: await peer('receive-floor-by-engine', all, into),
  };
  const process_ = {
    ours: await shipped('process', all, into),
    floor: await peer('process-floor', all, into),
    putItem: await peer('put-item', all, into),
    idempotency: await peer('idempotency', all, into),
  };
  for (let time = 0; time < Number(process.argv[2] ?? 1); time++) {
    const rows = await compareReceive(receive, EFFORT, aws);
    const { ratio, floor } = await compareProcess(process_, EFFORT, aws);
    const shown = [
      ...rows.map((row) => `receive ${row.events}: ${range(row.ratio, 3)}`),
      ...rows.map((row) => `by engine ${row.events}: ${row.ratioByEngine.median.toFixed(3)}`),
      `process: ${range(floor.ratio, 3)}`,
      `to PutItem: ${range(ratio.putItem, 3)}`,
      `load ${(loadavg()[0] ?? 0).toFixed(1)}`,
    ];
    process.stdout.write(`${shown.join('  ')}\n`);
  }
} finally {
  aws.stop();
  rmSync(into, { recursive: true, force: true });
}
