import type { WebhooksApi } from '../../../../lambda/providers/api.ts';
import type { Io } from '../../cli/io.ts';
import type { Session } from '../../esp/session.ts';
import { changeSecretMap, liveValues, readSecretMap } from '../../stack/secret-map.ts';
import type { Target } from '../../target/target.ts';
import { hooksOf } from './connect.ts';
import { forget, rememberer } from './memory.ts';

/** Undoes `connect`: the webhook first, so that nothing is posted that would be refused, then the secret it stored. */
export async function disconnect(
  target: Target,
  session: Session,
  webhooks: WebhooksApi,
  io: Io,
): Promise<{ readonly removed: number; readonly secretRemoved: boolean }> {
  const { source } = session;
  const there = await hooksOf(session, webhooks);
  for (const hook of there) await webhooks.remove(session.context, hook);
  const ours = rememberer(io.root, target, source);
  const secretRemoved = liveValues(await readSecretMap(target), source).some(ours);
  if (secretRemoved)
    await changeSecretMap(target, (map) => {
      const rest = liveValues(map, source).filter((value) => !ours(value));
      const changed = new Map(map);
      if (rest.length === 0) changed.delete(source);
      else changed.set(source, rest.length === 1 ? rest[0] : rest);
      return changed;
    });
  forget(io.root, target, source);
  return { removed: there.length, secretRemoved };
}
