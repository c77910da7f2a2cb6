import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { Target } from '../../../target/target.ts';
import { type Finding, fault, ok } from '../finding.ts';

export async function examineTable(target: Target, which: 'events' | 'suppression'): Promise<Finding> {
  const TableName = target.names.tables[which];
  const client = await target.clients.dynamodb();
  const about = `${which} table`;
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    const state = Table?.TableStatus ?? 'UNKNOWN';
    if (state === 'ACTIVE' || state === 'UPDATING') return ok('table', about, state.toLowerCase());
    return fault('table', about, `its state is ${state}.`, 'DynamoDB console; docs/runbook.md, restore a table');
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
    return fault(
      'table',
      about,
      'it does not exist.',
      'docs/runbook.md, restore a table; then existingTables in the settings',
    );
  }
}
