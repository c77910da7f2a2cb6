import { expect, test } from '@jest/globals';
import { CfnResource } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { QuellStack } from '../../lib/stack.ts';
import { appOf, settingsOf, stackOf, VARIANTS } from '../support/template.ts';

const variants = { ...VARIANTS, unlogged: settingsOf({ pointInTimeRecovery: false, byMessageIndex: true }) };

test.each(Object.entries(variants))('AwsSolutions has nothing left to say about settings "%s"', (_, settings) => {
  const { violations } = new AwsSolutionsChecks().validateScope(stackOf(settings));
  expect(violations).toEqual([]);
});

// By day the one with everything in it: the rules of each type of resource take a tenth of a second to load.
const checked = process.env.NIGHTLY ? variants : { everything: VARIANTS.everything };

test("CloudFormation's own rules accept them too, and refuse a wrong value", () => {
  const app = appOf({ checked: true });
  const stacks = Object.entries(checked).map(([stage, settings]) => new QuellStack(app, { ...settings, stage }));
  expect(() => app.synth()).not.toThrow();

  const [stack] = stacks as [QuellStack];
  new CfnResource(stack, 'Wrong', { type: 'AWS::SQS::Queue', properties: { VisibilityTimeout: 'long' } });
  expect(() => app.synth({ force: true })).toThrow(/VisibilityTimeout/);
});
