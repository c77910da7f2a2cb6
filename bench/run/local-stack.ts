/** The local stack in a process of its own, so that whoever posts to it does not take turns with it. */
import { startLocal } from '../../lib/local/runner.ts';

const [, , settings = '', secrets = '', home = ''] = process.argv;
// Without secrets of its own the stack makes some, and leaves the keys where `ops send` finds them.
const local = await startLocal({ settings, ...(secrets !== '' && { secrets }), home, quiet: true });
process.send?.(local.stack);
process.once('message', async () => {
  await local.stop();
  process.exit();
});
process.once('disconnect', () => process.exit());
