import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { checkRegion } from '../lib/settings/aws/regions.ts';
import { loadSettings } from '../lib/settings/load.ts';
import { SettingsError } from '../lib/settings/mistakes.ts';
import { ownRunbookPage } from '../lib/settings/runbook-url.ts';
import { checkSize, QuellStack } from '../lib/stack.ts';

const app = new App();
try {
  checkRegion(process.env.CDK_DEFAULT_REGION);
  const choice = { stage: app.node.tryGetContext('stage'), settings: app.node.tryGetContext('settings') };
  const loaded = loadSettings(choice, join(import.meta.dirname, '../settings'));
  const runbookUrl = loaded.runbookUrl ?? ownRunbookPage(import.meta.dirname);
  const settings = { ...loaded, ...(runbookUrl !== undefined && { runbookUrl }) };
  checkSize(new QuellStack(app, settings), settings);
  if (process.env.CDK_VALIDATION !== 'false') {
    const { AwsSolutionsChecks } = await import('cdk-nag');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  }
  app.synth();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
