import { Annotations, App, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { stackName } from '../lambda/contract/outputs.ts';
import { consoleOutputs, writeOutputs } from './constructs/access/outputs.ts';
import { AccessPolicies } from './constructs/access/policies.ts';
import { PROCESS_TIMEOUT, Processor } from './constructs/delivery/processor.ts';
import { DeliveryQueues } from './constructs/delivery/queue.ts';
import { Archive } from './constructs/feeds/archive.ts';
import { Bus } from './constructs/feeds/bus.ts';
import { Ingress } from './constructs/ingress/ingress.ts';
import { limitsMet, mostThatFits, type Shares, sharesOf, templateOf } from './constructs/limits.ts';
import { isFed, SesDirect } from './constructs/ses/direct.ts';
import { SesTopics } from './constructs/ses/topics.ts';
import { Secrets } from './constructs/storage/secrets.ts';
import { Storage } from './constructs/storage/tables.ts';
import { Alarms } from './constructs/watch/alarms/alarms.ts';
import { ConsoleFunction } from './constructs/watch/console.ts';
import { Dashboard } from './constructs/watch/dashboard/dashboard.ts';
import { Pulse } from './constructs/watch/pulse.ts';
import { SavedQueries } from './constructs/watch/queries/queries.ts';
import { Reconcile } from './constructs/watch/reconcile.ts';
import { SettingsError } from './settings/mistakes.ts';
import { runtimeConfig } from './settings/runtime-config.ts';
import type { Settings } from './settings/schema.ts';
import { comparedByList, notCompared, signedFor } from './settings/watch/reconcile.ts';

/** Composition only: what each part is stands in its construct. Account and Region are those of the deploy; nothing is looked up. */
export class QuellStack extends Stack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, stackName(settings.stage), {
      description: 'Quell: email feedback webhooks in, a suppression list out.',
    });
    const config = runtimeConfig(settings);
    const logRetentionDays = settings.retention.logsDays;

    const storage = new Storage(this, 'Storage', settings);
    const secrets = new Secrets(this, 'Secrets', settings);
    const delivery = new DeliveryQueues(this, 'Delivery', {
      consumerTimeout: PROCESS_TIMEOUT,
      feeds: Object.values(settings.sources).some(isFed),
      archive: settings.archive !== false,
      limited: settings.capacity !== undefined,
    });
    const sesTopics = new SesTopics(this, 'SesTopics', settings.sources);
    const topicArns = sesTopics.arnsBySource();
    const sesDirect = new SesDirect(this, 'SesDirect', settings.sources, delivery, sesTopics);
    const archive = settings.archive
      ? new Archive(this, 'Archive', { stage: settings.stage, ...settings.archive })
      : undefined;
    const processor = new Processor(this, 'Processor', {
      config,
      logRetentionDays,
      delivery,
      ownKeys: secrets.ownKeys,
      storage,
      topicArns: sesTopics.arns,
      madeTopics: topicArns,
      archive,
      concurrency: settings.concurrency,
    });
    const ingress = new Ingress(this, 'Ingress', { settings, config, secrets, delivery, topicArns });
    sesTopics.subscribe(ingress, processor);
    const pulse = new Pulse(this, 'Pulse', {
      config,
      logRetentionDays,
      ingress,
      ownKeys: secrets.ownKeys,
      storage,
    });
    const reconcile =
      settings.reconcile !== undefined && secrets.apiKeys
        ? new Reconcile(this, 'Reconcile', {
            config,
            hours: settings.reconcile,
            signed: signedFor(settings),
            asksLists: comparedByList(settings).length > 0,
            logRetentionDays,
            storage,
            apiKeys: secrets.apiKeys,
          })
        : undefined;
    const unseen = notCompared(settings);
    if (unseen !== undefined) Annotations.of(this).addInfo(unseen);
    const bus = settings.publish
      ? new Bus(this, 'Bus', {
          config,
          logRetentionDays,
          storage,
          types: settings.publish.types,
          surges: settings.publish.surgeClicks !== undefined,
        })
      : undefined;
    const alarms = new Alarms(this, 'Alarms', {
      settings,
      ingress,
      delivery,
      processor,
      sesTopics,
      sesDirect,
      archive,
      bus,
    });
    new SavedQueries(this, 'Queries', {
      headings: alarms.desk.headings,
      functions: [
        ...[ingress.receive, processor.process, pulse.pulse],
        ...(bus ? [bus.publish] : []),
        ...(reconcile ? [reconcile.reconcile] : []),
      ],
    });
    const parts = {
      settings,
      storage,
      secrets,
      delivery,
      sesTopics,
      processor,
      ingress,
      pulse,
      reconcile,
      alarms,
      archive,
      bus,
    };
    const console = settings.console
      ? new ConsoleFunction(this, 'Console', { settings, outputs: consoleOutputs(parts) })
      : undefined;
    if (settings.dashboard || console)
      new Dashboard(this, 'Dashboard', { settings, ingress, delivery, processor, storage, alarms, console });
    new AccessPolicies(this, 'Access', {
      stage: settings.stage,
      storage,
      secrets,
      delivery,
      mappings: Object.values(processor.mappings).flatMap((mapping) => mapping ?? []),
      archive,
      functions: [ingress.receive, processor.process, pulse.pulse, reconcile?.reconcile].flatMap(
        (one) => one?.function ?? [],
      ),
      topicArns: [alarms.desk.topics.page.topicArn, alarms.desk.topics.ticket.topicArn, ...sesTopics.arns],
      console,
    });
    writeOutputs(this, { ...parts, console });
  }
}

/** @throws SettingsError where AWS would refuse the stack for its size, with the number of sources that fit */
export function checkSize(stack: QuellStack, settings: Settings): void {
  const template = templateOf(stack);
  const met = limitsMet(template);
  if (met.length === 0) return;
  const sources = Object.entries(settings.sources);
  const fullWith = (count: number): Shares => {
    // Nothing is bundled for a stack that is only counted.
    const app = new App({ context: { ...stack.node.getAllContext(), 'aws:cdk:bundling-stacks': [] } });
    const smaller = { ...settings, sources: Object.fromEntries(sources.slice(0, count)) };
    return sharesOf(templateOf(new QuellStack(app, smaller)));
  };
  const fit = mostThatFits(sources.length, sharesOf(template), fullWith);
  throw new SettingsError(
    [
      `${sources.length} sources are too many for one stack with these settings:`,
      ...met.map((limit) => `  ${limit}`),
      `Allowed: the first ${fit} of them. Split the others into another stage.`,
    ].join('\n'),
  );
}
