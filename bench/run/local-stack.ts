/** The local stack in a process of its own, so that whoever posts to it does not take turns with it. */
import { startLocal } from '../../lib/local/runner.ts';

const [, , settings = '', secrets = '', home = ''] = process.argv;
const local = await startLocal({ settings, secrets, home, quiet: true });
process.send?.(local.stack);
process.once('message', async () => {
  await local.stop();
  process.exit();
});
process.once('disconnect', () => process.exit());
