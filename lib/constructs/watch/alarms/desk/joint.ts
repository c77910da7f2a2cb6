import type { Settings } from '../../../../settings/schema.ts';
import type { JointSpec } from './desk.ts';

/** A rule holds a hundred alarms and 10,240 characters at most; an alarm's ARN can take 150. */
const MOST_SOURCES = 50;

/**
 * One cause, one page. Requests that fail because of a cause that has an alarm of its own make that alarm and no other: the followers
 * tell nobody by themselves, and this alarm tells of them only while no cause is on. Each cause is told sooner than its
 * followers and held longer, so that none slips out before or after it.
 */
export function jointAlarm({ sources, heartbeat }: Settings): JointSpec {
  const receiveFails = ['not-enqueued', 'function-errors-receive', 'function-throttles-receive'];
  const unverifiable = Object.keys(sources).map((source) => `unverifiable-${source}`);
  return {
    heading: 'endpoint-failing',
    severity: 'page',
    broken: 'Requests fail at the public URL, or test events do not arrive, and no known cause explains it.',
    followers: [
      { name: 'api-server-errors', causes: [...receiveFails, ...unverifiable.slice(0, MOST_SOURCES)] },
      ...(heartbeat ? [{ name: 'heartbeat', causes: [...receiveFails, 'function-errors-process'] }] : []),
    ],
  };
}
