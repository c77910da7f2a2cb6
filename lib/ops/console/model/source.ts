import { PROVIDERS } from '../../../../lambda/providers/index.ts';
import { readMapping } from '../../stack/mapping.ts';
import { sourceOf } from '../../target/target.ts';
import type { Context, SeenRequest } from '../context.ts';
import { type Seen, type SourceRow, seen, sourceRows } from './overview.ts';

/** One source: how it is set up, what it sent, what was refused. */
export interface SourceModel extends SourceRow {
  /** What proves that a request comes from the ESP, in the ESP's own words for its key. */
  readonly proof: string;
  readonly docs: string;
  readonly processing: Seen<{ readonly state: string }>;
  readonly kind: 'local' | 'deployed';
  /** Deployed: the stage, for commands to copy. */
  readonly stage?: string;
  readonly requests?: readonly SeenRequest[];
}

const REQUESTS = 100;

/** @throws UsageError where there is no such source */
export async function sourceModel(context: Context, name: string): Promise<SourceModel> {
  const { target, requests } = context;
  const { provider } = sourceOf(target, name);
  const [rows, processing] = await Promise.all([sourceRows(context), seen(() => readMapping(target))]);
  const row = rows.find((one) => one.name === name) as SourceRow;
  return {
    ...row,
    proof: PROVIDERS.get(provider)?.secret.form ?? '',
    docs: `docs/providers/${provider}.md`,
    processing,
    kind: target.kind,
    ...(target.names.stage !== undefined && { stage: target.names.stage }),
    ...(requests && { requests: requests.newest(REQUESTS).filter(({ source }) => source === name) }),
  };
}
