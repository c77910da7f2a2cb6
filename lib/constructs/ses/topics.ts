import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import type { Topics } from '../../../lambda/providers/provider.ts';
import type { Settings } from '../../settings/schema.ts';
import type { Processor } from '../delivery/processor.ts';
import type { Ingress } from '../ingress/ingress.ts';
import { SesTopic } from './topic.ts';

/** What a source receives through topics of Amazon SNS, or through EventBridge in their place. */
export function topicsOf({ provider, options }: Settings['sources'][string]): Topics | undefined {
  const topics = PROVIDERS.get(provider)?.topics?.(options as never);
  return topics?.inAws ? topics : undefined;
}

/** The SNS topics that SES sources receive from: those the stack makes, and those the settings name. */
export class SesTopics extends Construct {
  readonly made: readonly SesTopic[];
  /** Every topic whose subscription `process` confirms. */
  readonly arns: readonly string[];

  constructor(scope: Construct, id: string, sources: Settings['sources']) {
    super(scope, id);
    const receivers = Object.entries(sources).flatMap(([name, source]) => {
      const topics = topicsOf(source);
      return topics ? [{ name, topics }] : [];
    });
    this.made = receivers.flatMap(({ name, topics }) => (topics.make ? [new SesTopic(this, name)] : []));
    this.#onQueue = new Set(receivers.flatMap(({ name, topics }) => (topics.via === 'sns-queue' ? [name] : [])));
    const named = receivers.flatMap(({ topics }) => topics.named);
    this.arns = [...new Set([...this.made.map(({ topic }) => topic.topicArn), ...named])];
  }

  /** Sources whose notifications SNS puts on the feeds queue. */
  readonly #onQueue: ReadonlySet<string>;

  /** JSON map from source to the topic made for it. Their ARNs hold the account, which only the deployment knows. */
  arnsBySource(): string {
    const map = Object.fromEntries(this.made.map(({ source, topic }) => [source, topic.topicArn]));
    return Stack.of(this).toJsonString(map);
  }

  /**
   * Subscribes each made topic to its source's URL, once everything stands that must confirm the subscription. By the API's own address:
   * a name of the team's may resolve only after this deploy, SNS would not ask again, and its proof does not depend on the URL.
   */
  subscribe(ingress: Ingress, processor: Processor): void {
    for (const topic of this.made.filter(({ source }) => !this.#onQueue.has(source)))
      topic.subscribe(ingress.ownUrl(topic.source)).node.addDependency(ingress, processor);
  }
}
