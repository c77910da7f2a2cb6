import type { StagePolicy } from '../../../lambda/contract/config.ts';
import type { Target } from './target.ts';

/** How a target answers for its stage; `read` is asked once, when somebody wants to know. */
export function judgingBy(read: () => StagePolicy): Pick<Target, 'policyOf' | 'thresholds' | 'auditDays'> {
  let known: StagePolicy | undefined;
  const stage = (): StagePolicy => {
    known ??= read();
    return known;
  };
  return {
    policyOf(source) {
      const { policy, sources } = stage();
      return { ...policy, ...(Object.hasOwn(sources, source) ? sources[source] : {}) };
    },
    thresholds: () => stage().thresholds,
    auditDays: () => stage().auditDays,
  };
}
