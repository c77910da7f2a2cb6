import { main } from '../lib/ops/cli.ts';
import { processIo } from '../lib/ops/io.ts';

// Not process.exit: what was printed must reach a slow pipe first.
process.exitCode = await main(process.argv.slice(2), processIo());
