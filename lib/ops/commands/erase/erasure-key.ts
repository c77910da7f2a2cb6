import { randomBytes } from 'node:crypto';
import { ERASURE_KEY } from '../../../../lambda/domain/erasure.ts';
import { changeSecretMap, liveValues, readSecretMap } from '../../stack/secret-map.ts';
import type { Target } from '../../target/target.ts';

/** The key of erasure marks, made when the first person is erased. It is never changed: marks under another key would be dead. */
export async function erasureSecret(target: Target): Promise<string> {
  const [known] = liveValues(await readSecretMap(target, 'ownKeysArn'), ERASURE_KEY);
  if (known !== undefined) return known;
  let key = '';
  await changeSecretMap(
    target,
    (map) => {
      // Somebody else may have made one meanwhile.
      key = liveValues(map, ERASURE_KEY)[0] ?? randomBytes(32).toString('base64');
      return new Map(map).set(ERASURE_KEY, key);
    },
    'ownKeysArn',
  );
  return key;
}
