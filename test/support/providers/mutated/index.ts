import { pagesBy } from './pages.ts';
import { mutatedRequests } from './run.ts';

/** `npm run test:nightly` runs this with a million requests: `node test/support/providers/mutated/index.ts [count] [seed]`. */

const [count = 1_000_000, seed = Date.now() % 1e9] = process.argv.slice(2).map(Number);
const began = performance.now();
const result = await mutatedRequests(count, seed, 500);
const pages = pagesBy(result);
const { user, system } = process.cpuUsage();
const { accepted, refused, crashes, leaks, stillGenuine, statuses, slowestMs } = result;
for (const line of [...accepted, ...refused, ...crashes, ...leaks].slice(0, 50)) process.stdout.write(`${line}\n`);
process.stdout.write(
  `mutated requests: ${count} with seed ${seed}; accepted ${accepted.length}, crashes ${crashes.length}, leaks ${leaks.length}, pages ${pages.length} ${pages}; ` +
    `still genuine and taken ${stillGenuine}, genuine and refused ${refused.length}; answers ${JSON.stringify(Object.fromEntries(statuses))}; ` +
    `slowest ${Math.round(slowestMs)} ms, ${Math.round((performance.now() - began) / 1000)} s, ${Math.round((user + system) / 1e6)} s of CPU\n`,
);
process.exitCode = accepted.length + refused.length + crashes.length + leaks.length + pages.length === 0 ? 0 : 1;
