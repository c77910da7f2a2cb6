import type { Report } from '../../../reports/report.ts';
import type { Choice } from '../../../reports/reports.ts';
import type { Target } from '../../target/target.ts';
import type { Table } from './table.ts';

/** Asks the stack's archive, wherever it lies. @throws CannotKnow where there is none */
export async function askArchive(
  target: Target,
  report: Report,
  choice: Choice,
  say: (line: string) => void = () => {},
): Promise<Table> {
  target.names.output('ArchiveBucketName');
  if (target.kind === 'local') return (await import('./local.ts')).askDuckDb(target, report, choice);
  return (await import('./athena.ts')).askAthena(target, report, choice, say);
}
