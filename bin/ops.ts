import { main } from '../lib/ops/cli/cli.ts';
import { processIo } from '../lib/ops/cli/io.ts';

// Not process.exit: what was printed must reach a slow pipe first.
process.exitCode = await main(process.argv.slice(2), processIo());
