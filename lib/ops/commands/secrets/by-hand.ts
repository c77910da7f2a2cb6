import type { Intent } from '../../audit/act.ts';
import { audited } from '../../audit/audited.ts';
import { changeSecretMap, type SecretMap, type Which } from '../../stack/secret-map.ts';
import type { Target } from '../../target/target.ts';

/** Changes one of the stack's secrets, and leaves a record of who did. */
export const changeByHand = (
  target: Target,
  intent: Intent,
  change: (map: SecretMap, again: boolean) => SecretMap,
  which?: Which,
): Promise<void> => audited(target, intent, () => changeSecretMap(target, change, which));
