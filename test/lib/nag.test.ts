import { expect, test } from '@jest/globals';
import { AwsSolutionsChecks } from 'cdk-nag';
import { settingsOf, stackOf, VARIANTS } from '../support/template.ts';

const variants = { ...VARIANTS, unlogged: settingsOf({ pointInTimeRecovery: false, byMessageIndex: true }) };

test.each(Object.entries(variants))('AwsSolutions has nothing left to say about settings "%s"', (_, settings) => {
  const { violations } = new AwsSolutionsChecks().validateScope(stackOf(settings));
  expect(violations).toEqual([]);
});
