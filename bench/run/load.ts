/** Loads one bundle in a process that has loaded nothing else, and says how long that took: milliseconds by the clock, and of CPU. */
import { createRequire } from 'node:module';

const [, , file = ''] = process.argv;
const require = createRequire(file);
const cpu = process.cpuUsage();
const started = performance.now();
require(file);
const wallMs = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
// Not left to end by itself: clients may keep it.
process.stdout.write(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 }), () => process.exit());
