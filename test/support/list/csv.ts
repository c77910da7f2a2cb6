/** A suppression list of our own format: one line per person, every kind of line among them. */
export function suppressionCsv(people: number): string {
  const lines = Array.from({ length: people }, (_, n) => {
    const at = new Date(Date.UTC(2026, 0, 1) + n * 60_017).toISOString();
    const [reason, scope, until] = KINDS[n % KINDS.length] as readonly [string, string, string];
    return `person-${n}@example.com,${reason},${scope},${at},${until},line ${n}`;
  });
  return `address,reason,scope,at,until,note\n${lines.join('\n')}\n`;
}

const KINDS = [
  ['hard_bounce', '', 'forever'],
  ['complaint', '', 'forever'],
  ['unsubscribe', '', 'forever'],
  ['unsubscribe', 'guide:list:7', 'forever'],
  ['soft_bounces', '', '2031-05-04T10:00:01Z'],
  ['manual', '', '2026-02-03T04:05:06Z'],
  ['hard_bounce', '', 'lifted'],
] as const;
