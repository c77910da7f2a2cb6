import * as v from 'valibot';
import type { PolicyConfig } from '../../lambda/contract/config.ts';
import { objectOf } from './group.ts';
import { suppressionTime, wholeNumber } from './values.ts';

/** What a stage judges by where its settings say nothing. */
export const DEFAULT_POLICY: PolicyConfig = {
  hardBounce: 'forever',
  otherPermanent: 30,
  complaint: 'forever',
  complaintCandidates: 1,
  unsubscribe: 'forever',
  softBounces: { messages: 5, windowDays: 30, suppressDays: 7 },
};

const members = {
  hardBounce: suppressionTime,
  otherPermanent: suppressionTime,
  complaint: suppressionTime,
  complaintCandidates: wholeNumber(1, 1000, 'people'),
  unsubscribe: suppressionTime,
};

const softBounces = {
  messages: wholeNumber(0, 100, 'messages (0 = never suppress)'),
  windowDays: wholeNumber(1, 90, 'days'),
  suppressDays: wholeNumber(1, 3650, 'days'),
};

/** How long each kind of evidence suppresses, for all sources. The type holds it to the contract: no member can be forgotten. */
export const policy: v.GenericSchema<unknown, PolicyConfig> = v.optional(
  objectOf({
    hardBounce: v.optional(members.hardBounce, DEFAULT_POLICY.hardBounce),
    otherPermanent: v.optional(members.otherPermanent, DEFAULT_POLICY.otherPermanent),
    complaint: v.optional(members.complaint, DEFAULT_POLICY.complaint),
    complaintCandidates: v.optional(members.complaintCandidates, DEFAULT_POLICY.complaintCandidates),
    unsubscribe: v.optional(members.unsubscribe, DEFAULT_POLICY.unsubscribe),
    softBounces: v.optional(
      objectOf({
        messages: v.optional(softBounces.messages, DEFAULT_POLICY.softBounces.messages),
        windowDays: v.optional(softBounces.windowDays, DEFAULT_POLICY.softBounces.windowDays),
        suppressDays: v.optional(softBounces.suppressDays, DEFAULT_POLICY.softBounces.suppressDays),
      }),
      {},
    ),
  }),
  {},
);

/** What one source judges differently. Soft bounces only as a whole: their three numbers mean nothing apart. */
export const sourcePolicy: v.GenericSchema<unknown, Partial<PolicyConfig>> = objectOf({
  hardBounce: v.exactOptional(members.hardBounce),
  otherPermanent: v.exactOptional(members.otherPermanent),
  complaint: v.exactOptional(members.complaint),
  complaintCandidates: v.exactOptional(members.complaintCandidates),
  unsubscribe: v.exactOptional(members.unsubscribe),
  softBounces: v.exactOptional(objectOf(softBounces)),
});
