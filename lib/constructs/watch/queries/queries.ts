import { Stack } from 'aws-cdk-lib';
import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from '../../../../lambda/contract/env.ts';
import type { ServiceFunction } from '../../service-function.ts';
import { MAIL } from './mail.ts';
import type { QueriesByHeading } from './query.ts';
import { REQUESTS } from './requests.ts';
import { RUNNING } from './running.ts';

/** Every query of the runbook, by the heading under which it stands there. */
export const QUERIES: QueriesByHeading = { ...REQUESTS, ...RUNNING, ...MAIL };

interface SavedQueriesProps {
  /** Headings of the alarms that this stack has. */
  readonly headings: Iterable<string>;
  /** The functions that this stack has. */
  readonly functions: readonly ServiceFunction<FunctionName>[];
}

/**
 * The runbook's queries in the account, in a folder of the stack's name: at night nobody copies them out of a file. They cost nothing
 * until somebody runs one.
 */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { headings, functions }: SavedQueriesProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    for (const heading of new Set(headings)) {
      const query = QUERIES[heading];
      const asked = functions.filter(({ name }) => query?.of.includes(name));
      if (!query || asked.length === 0) continue;
      new CfnQueryDefinition(this, heading, {
        name: `${stackName}/${heading}`,
        logGroupNames: asked.map((one) => one.function.logGroup.logGroupName),
        queryString: query.lines.join('\n'),
      });
    }
  }
}
