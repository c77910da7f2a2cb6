import type { NormalisedEvent } from '../event/event.ts';

/** What senders call their campaigns in the custom data, in lower case, the surest first; else the first tag is taken. */
export const CAMPAIGN_KEYS = ['campaign', 'campaign_id', 'campaignid', 'campaign-id', 'campaign_name'] as const;

/** The campaign of an event's mail: that very key, else it in another spelling; undefined where nothing names one. */
export function campaignOf({ metadata = {}, tags = [] }: NormalisedEvent): string | undefined {
  const spelt = Object.entries(metadata);
  for (const key of CAMPAIGN_KEYS) {
    const found = spelt.find(([name]) => name === key) ?? spelt.find(([name]) => name.toLowerCase() === key);
    if (found) return found[1];
  }
  return tags[0];
}
