import { runCommand } from '../lib/local/command.ts';

await runCommand(process.argv.slice(2), process.env);
