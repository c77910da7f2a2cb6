import type { MachineReason } from '../../contract/event/types.ts';

/**
 * What loads the pictures of a mail in somebody's place, by the name it gives itself. Only what its maker, or those who measure mail,
 * describe in public, and what no mail program sends: a scanner that pretends to be a browser cannot be told by its name.
 */
const AGENTS: readonly (readonly [MachineReason, RegExp])[] = [
  // Apple's Mail Privacy Protection loads every mail, read or not, and says nothing but this.
  ['prefetch', /^Mozilla\/5\.0$/],
  // Gmail ahead of reading: an old Edge, and "Mozilla/5.0" once more at the end, where no browser has it.
  ['prefetch', /Edge\/12\.246 Mozilla\/5\.0$/],
  // Between a reader and the picture: somebody may have looked.
  ['proxy', /GoogleImageProxy|YahooMailProxy|SeznamEmailProxy/],
  // Security gateways that say who they are; Microsoft's link check and previews.
  ['scanner', /Barracuda|Proofpoint|Mimecast|SafeLinks|BingPreview|MicrosoftPreview|SkypeUriPreview/i],
  ['scanner', /Microsoft Office (?:Protocol|Existence) Discovery|FortiMail|IronPort|FireEye|MessageLabs|Avanan/i],
  // Programs nobody reads mail with; and the custom of crawlers to say where they are explained.
  [
    'scanner',
    /HeadlessChrome|PhantomJS|^(?:curl|Wget|python-requests|Python-urllib|Go-http-client)\/|\(?\+https?:\/\//,
  ],
];

/** Why an opening with this agent was a machine's; undefined where nothing says so. */
export const machineAgent = (userAgent: string): MachineReason | undefined =>
  AGENTS.find(([, pattern]) => pattern.test(userAgent))?.[0];
