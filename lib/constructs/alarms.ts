import { Construct } from 'constructs';
import type { Settings } from '../settings/schema.ts';
import { AlarmDesk } from './alarm-desk.ts';
import { apiAlarms } from './alarms-api.ts';
import { deliveryAlarms } from './alarms-delivery.ts';
import { functionAlarms } from './alarms-function.ts';
import { enqueueAlarm, pulseAlarm, sourceAlarms } from './alarms-source.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import type { Ingress } from './ingress.ts';
import type { Processor } from './processor.ts';
import type { Pulse } from './pulse.ts';
import type { SesTopics } from './ses-topics.ts';

export interface AlarmsProps {
  readonly settings: Settings;
  readonly ingress: Ingress;
  readonly delivery: DeliveryQueue;
  readonly processor: Processor;
  readonly pulse: Pulse;
  readonly sesTopics: SesTopics;
}

/** Every alarm of the stack. Each has a heading of the same name in docs/runbook.md. */
export class Alarms extends Construct {
  readonly desk: AlarmDesk;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { settings, ingress, delivery, processor, pulse, sesTopics } = props;
    this.desk = new AlarmDesk(this, 'Desk', settings);
    const specs = [
      ...apiAlarms(ingress.api),
      enqueueAlarm(settings.stage),
      ...functionAlarms(ingress.receive, 'page'),
      ...functionAlarms(processor.process, 'page'),
      ...functionAlarms(pulse.pulse, 'ticket'),
      ...deliveryAlarms(delivery, sesTopics.made),
      pulseAlarm(settings.stage),
      ...Object.entries(settings.sources).flatMap(([name, { expectEvery }]) =>
        sourceAlarms(settings.stage, name, expectEvery),
      ),
    ];
    for (const spec of specs) this.desk.watch(spec);
  }
}
