import { Construct } from 'constructs';
import type { Settings } from '../../../settings/schema.ts';
import type { Processor } from '../../delivery/processor.ts';
import type { DeliveryQueues } from '../../delivery/queue.ts';
import type { Archive } from '../../feeds/archive.ts';
import type { Bus } from '../../feeds/bus.ts';
import type { Ingress } from '../../ingress/ingress.ts';
import type { SesDirect } from '../../ses/direct.ts';
import type { SesTopics } from '../../ses/topics.ts';
import { AlarmDesk } from './desk/desk.ts';
import { jointAlarm } from './desk/joint.ts';
import { unheardAlarms } from './desk/unheard.ts';
import { mailAlarms } from './mail/alarms.ts';
import { unsubscribeAlarms } from './mail/unsubscribe.ts';
import { apiAlarms } from './path/api.ts';
import { deliveryAlarms } from './path/delivery.ts';
import { archiveAlarms, busAlarms } from './path/feeds.ts';
import { errorsOf, failuresOf, slownessOf, throttlesOf } from './path/function.ts';
import { pulseAlarm } from './path/pulse.ts';
import { receiveAlarms } from './path/receive.ts';
import { reconcileAlarms } from './path/reconcile.ts';
import { sourceAlarms } from './source/alarms.ts';

interface AlarmsProps {
  readonly settings: Settings;
  readonly ingress: Ingress;
  readonly delivery: DeliveryQueues;
  readonly processor: Processor;
  readonly sesTopics: SesTopics;
  readonly sesDirect: SesDirect;
  readonly archive: Archive | undefined;
  readonly bus: Bus | undefined;
}

/** Every alarm of the stack. Each has a heading of the same name in docs/runbook.md, and is paid for: docs/settings.md counts them. */
export class Alarms extends Construct {
  readonly desk: AlarmDesk;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { settings, ingress, delivery, processor, sesTopics, sesDirect, archive, bus } = props;
    this.desk = new AlarmDesk(this, 'Desk', settings);
    const specs = [
      ...apiAlarms(ingress.api, settings),
      ...receiveAlarms(settings),
      failuresOf(ingress.receive, settings.stage),
      throttlesOf(ingress.receive),
      slownessOf(ingress.receive),
      // Not its throttles: the queue waits, and queue-age notifies when that matters. Nor pulse: a heartbeat is then missing.
      errorsOf(processor.process),
      ...deliveryAlarms(settings, delivery, [...sesTopics.made, ...sesDirect.undelivered]),
      // Nor the errors of publish: its changes then wait, and publish-late notifies.
      ...(bus ? busAlarms(bus, settings.stage) : []),
      ...(archive ? archiveAlarms(archive, delivery.unarchived) : []),
      pulseAlarm(settings),
      ...mailAlarms(settings),
      ...unsubscribeAlarms(settings),
      ...reconcileAlarms(settings),
      ...unheardAlarms(this.desk.topics),
      ...Object.keys(settings.sources).flatMap((source) => sourceAlarms(settings, source)),
    ];
    for (const spec of specs) this.desk.watch(spec);
    this.desk.join(jointAlarm(settings));
  }
}
