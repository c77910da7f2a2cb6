import { expect, test } from '@jest/globals';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { QuellStack } from '../../lib/stack.ts';
import { settingsOf, VARIANTS } from '../support/stack/settings.ts';
import { appOf, stackOf } from '../support/template.ts';

const variants = { ...VARIANTS, unlogged: settingsOf({ pointInTimeRecovery: false, byMessageIndex: true }) };

test.each(Object.entries(variants))('AwsSolutions has nothing left to say about settings "%s"', (_, settings) => {
  const { violations } = new AwsSolutionsChecks().validateScope(stackOf(settings));
  expect(violations).toEqual([]);
});

// The rules of so many types of resources take seconds to load: by day the app itself is checked so, with everything on (app.test.ts).
(process.env.NIGHTLY ? test : test.skip)("CloudFormation's own rules accept them too", () => {
  const app = appOf({ checked: true });
  for (const [stage, settings] of Object.entries(variants)) new QuellStack(app, { ...settings, stage });
  expect(() => app.synth()).not.toThrow();
});

test("CloudFormation's own rules refuse a wrong value", () => {
  const wrong = new Stack(appOf({ checked: true }), 'wrong');
  new CfnResource(wrong, 'Queue', { type: 'AWS::SQS::Queue', properties: { VisibilityTimeout: 'long' } });
  expect(() => App.of(wrong)?.synth()).toThrow(/VisibilityTimeout/);
});
