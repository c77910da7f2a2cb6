import { fields, list, text } from '../../domain/read.ts';

/** No topic's name: SES allows letters, digits, `_` and `-` there. */
const WHOLE_LIST = '*';

/** A choice that differs between two sets of SES topic preferences; without a topic it is about the whole contact list. */
interface PreferenceChange {
  readonly topic: string | undefined;
  readonly out: boolean;
}

export function preferenceChanges(before: unknown, after: unknown): readonly PreferenceChange[] {
  const were = optedOut(before);
  return [...optedOut(after)].flatMap(([topic, out]) =>
    out === (were.get(topic) ?? false) ? [] : [{ topic: topic === WHOLE_LIST ? undefined : topic, out }],
  );
}

/** Whether each topic, and the list as a whole, is opted out of. */
function optedOut(preferences: unknown): ReadonlyMap<string, boolean> {
  const { unsubscribeAll, topicSubscriptionStatus } = fields(preferences);
  return new Map([
    ...(typeof unsubscribeAll === 'boolean' ? [[WHOLE_LIST, unsubscribeAll] as const] : []),
    ...list(topicSubscriptionStatus).flatMap((item) => {
      const { topicName, subscriptionStatus } = fields(item);
      const name = text(topicName);
      return name === undefined || text(subscriptionStatus) === undefined
        ? []
        : [[name, subscriptionStatus === 'OptOut'] as const];
    }),
  ]);
}
