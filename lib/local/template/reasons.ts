/** Of a resource type or property: it behaves here as it would deployed. */
export const EMULATED = 'emulated';

/** {@link EMULATED}, or the reason why leaving it out changes nothing that a local run can show; or either for each property. */
export type Known = string | { readonly [property: string]: Known };

export const RIGHTS = 'emulators grant everything; the rights are tested on the template';
export const LABEL = 'a label';
export const WATCHING = 'alarms and dashboards are evaluated by CloudWatch';
export const QUERIES = 'queries run in Athena; the objects are the same here';
export const DOMAIN = 'the local URL is a loopback address';
export const DURABILITY = 'protects stored data in the account';
export const ENCRYPTION = 'nothing leaves this machine';
export const CAPACITY = 'capacity is not limited here';
