import { bundleOf } from './bundle.ts';
import { invoke, LIMITS } from './invoke.ts';
import { CONFIG } from './posts.ts';
import { AWS } from './receive.ts';
import type { Subject } from './subject.ts';

export interface StreamRecord {
  readonly dynamodb: { readonly SequenceNumber: string };
}
export interface Changes {
  readonly name: string;
  /** Of each table's stream. */
  readonly streams: readonly (readonly StreamRecord[])[];
}

const MOST_BATCHES = 40;

/** The stream brings a batch again from the first record that failed. */
export async function publishSubject(changes: readonly Changes[]): Promise<Subject> {
  const start = await bundleOf('publish', CONFIG);
  return {
    name: 'publish',
    histories: changes.map(({ name }) => name),
    async run(run, history, complaints) {
      const container = start({
        variables: {
          ...AWS(run.url),
          EVENT_BUS: 'bus',
          UNPUBLISHED_QUEUE_URL: `${run.url}/000000000000/unpublished`,
        },
      });
      let batches = 0;
      const { streams } = changes[history] ?? { streams: [] };
      for (const records of streams) {
        let left = records;
        for (let tries = 0; left.length > 0; tries++) {
          if (tries === MOST_BATCHES) {
            complaints.push('changes are never done');
            break;
          }
          batches += 1;
          const answer = await invoke(container, { Records: left.slice(0, 100) }, LIMITS.publish, run, complaints);
          const [first] = (answer as { batchItemFailures: { itemIdentifier: string }[] } | undefined)
            ?.batchItemFailures ?? [{ itemIdentifier: left[0]?.dynamodb.SequenceNumber }];
          const at = first ? left.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === first.itemIdentifier) : 100;
          left = left.slice(at);
        }
      }
      const { bus } = run.services;
      const unpublished = run.services.queue('unpublished').map(({ body, reason }) => `${reason} ${body}`);
      const begun = streams.filter((records) => records.length > 0).length;
      return { once: {}, atLeastOnce: { published: bus, unpublished }, again: batches > begun };
    },
  };
}
