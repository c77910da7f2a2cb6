import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { appOf } from '../template.ts';
import type { EventPattern } from './pattern.ts';

export interface Rule {
  /** Of the template and of the resource in it, such as `slack/BounceRule`. */
  readonly name: string;
  readonly pattern: EventPattern;
  readonly targets: readonly {
    readonly Arn: unknown;
    readonly InputTransformer?: { readonly InputPathsMap: Record<string, string> };
  }[];
}

/** The rules of all templates in docs/integrations, as CloudFormation reads them, their parameters at their defaults. */
export function integrationRules(): Rule[] {
  return globSync('docs/integrations/*.yaml')
    .sort()
    .flatMap((templateFile) => {
      const stack = new Stack(appOf(), 'Integration');
      new CfnInclude(stack, 'Included', { templateFile });
      const { Parameters = {}, Resources = {} } = Template.fromStack(stack).toJSON() as {
        Parameters?: Record<string, { Default?: unknown }>;
        Resources?: Record<
          string,
          { Type: string; Properties: { EventPattern: EventPattern; Targets: Rule['targets'] } }
        >;
      };
      const resolved = <T>(value: T): T =>
        JSON.parse(JSON.stringify(value), (_name, one) =>
          typeof one?.Ref === 'string' && Parameters[one.Ref] ? Parameters[one.Ref]?.Default : one,
        );
      return Object.entries(Resources).flatMap(([id, { Type, Properties }]) =>
        Type === 'AWS::Events::Rule'
          ? [
              {
                name: `${basename(templateFile, '.yaml')}/${id}`,
                pattern: resolved(Properties.EventPattern),
                targets: Properties.Targets,
              },
            ]
          : [],
      );
    });
}
