import { until } from '../../aws/effort.ts';
import { confirmSubscription } from '../../aws/subscription.ts';
import { logError } from '../../aws/telemetry.ts';
import type { EpochMs } from '../../contract/units.ts';
import { PoisonEvent } from '../../domain/errors.ts';
import type { Opened, Poison } from './opened.ts';
import { divide, type Passed } from './step.ts';

/** Does what messages ask for: confirms subscriptions. What can never be done is poison; fails what cannot be done by `deadline`. */
export async function obey(messages: readonly Opened[], deadline: EpochMs): Promise<Passed> {
  const failed = new Set<Opened>();
  const done = await Promise.all(
    messages.map(async (opened) => {
      if (opened.controls.length === 0) return opened;
      try {
        const refused = (await Promise.all(opened.controls.map((one) => confirm(one, until(deadline))))).flat();
        return { ...opened, poison: [...opened.poison, ...refused] };
      } catch (error) {
        logError('message given back to the queue', error, { source: opened.message?.source });
        failed.add(opened);
        return opened;
      }
    }),
  );
  return divide(done, failed);
}

async function confirm({ raw, control }: Opened['controls'][number], signal: AbortSignal): Promise<Poison[]> {
  try {
    await confirmSubscription(control, signal);
    return [];
  } catch (error) {
    if (!(error instanceof PoisonEvent)) throw error;
    return [{ reason: 'control-refused', detail: error.message, raw }];
  }
}
