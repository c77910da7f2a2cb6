/**
 * An ESP keeps a list of its own: who was lifted here and stands there is still not mailed, and its next "dropped, on our list" names
 * the person again (which is mirrored, but never over a lift). How each is cleared, by provider id.
 */
export const ESP_LISTS: ReadonlyMap<string, string> = new Map([
  ['ses', 'aws sesv2 delete-suppressed-destination --email-address ADDRESS (account-level list, per Region).'],
  [
    'sendgrid',
    'Suppressions: Bounces, Spam Reports, Invalid, Unsubscribes; or DELETE /v3/suppression/bounces/ADDRESS.',
  ],
  ['mailgun', 'Sending > Suppressions of the domain; or DELETE /v3/DOMAIN/bounces/ADDRESS (complaints, unsubscribes).'],
  [
    'postmark',
    "Message stream > Suppressions > Reactivate; or POST /message-streams/STREAM/suppressions/delete. Spam complaints only Postmark's support lifts.",
  ],
  ['resend', 'Suppressions of the account, or the contact of the audience: set it to subscribed.'],
  ['sparkpost', 'Recipients > Suppressions; or DELETE /api/v1/suppression-list/ADDRESS (both types, per subaccount).'],
  ['brevo', 'Contact > unblock, or DELETE /v3/smtp/blockedContacts/ADDRESS for transactional mail.'],
  ['mailjet', 'Contact > remove from the exclusion list; subscription lists have their own state.'],
  ['mandrill', 'Rejection Denylist > delete, or /rejects/delete (per subaccount).'],
  [
    'mailersend',
    'Email > Suppressions (hard bounces, spam complaints, unsubscribes, on hold); or DELETE /v1/suppressions/...',
  ],
  [
    'customerio',
    'Person > unsuppress, and the subscription preferences; ESP suppressions: DELETE /v1/esp/suppression/TYPE/ADDRESS.',
  ],
  ['mailtrap', 'Suppressions of the sending domain > remove.'],
  [
    'postal',
    "The mail server's suppression list: it ends by itself after its days, or is removed in the web interface.",
  ],
  ['unisender-go', 'suppression/delete.json with the address; hard reasons only their support lifts.'],
  ['elastic-email', 'Suppressions > delete; or DELETE /v4/suppressions/ADDRESS.'],
  ['smtp2go', 'Reports > Suppressions > remove; or /suppression/remove.'],
  [
    'mailchimp',
    'Nobody but the person can resubscribe, through a form of the audience; a cleaned address can be added anew.',
  ],
  ['loops', 'Contact > resubscribe; a suppressed one is removed from suppression there.'],
  ['klaviyo', 'Profile > unsuppress (manual suppressions, bounces); a person who unsubscribed must subscribe again.'],
  ['scaleway', 'Transactional Email > Blocklists of the domain > remove the recipient.'],
  ['zeptomail', 'Suppression list of the Mail Agent > delete.'],
  ['forward-email', 'It keeps no list of its own.'],
  ['lettermint', 'Suppressions of the project > remove.'],
  [
    'azure',
    'The suppression list of the sender domain (Suppression Lists) > remove; the service-managed list ends by itself.',
  ],
  ['standard-webhooks', "The sender's own list, where it keeps one."],
  ['generic', "The sender's own list, where it keeps one."],
]);

/** Which lists hold a person that these sources have told us of; operators' own acts name none. */
export function listsToClear(
  told: Iterable<string>,
  sources: ReadonlyMap<string, { readonly provider: string }>,
): string[] {
  return [...new Set(told)].flatMap((name) => {
    const source = sources.get(name);
    const how = source && ESP_LISTS.get(source.provider);
    return how ? [`${name} (${source.provider}): ${how}`] : [];
  });
}
