/** Whether a composite alarm's rule holds. `inAlarm` knows its members by the text that the rule names them with. */
export function holds(rule: string, inAlarm: (member: string) => boolean): boolean {
  let left = rule.replace(/ALARM\("([^"]+)"\)/g, (_, member: string) => String(inAlarm(member)));
  const steps: readonly [RegExp, (...words: string[]) => string][] = [
    [/\((true|false)\)/, (_, value = '') => value],
    [/NOT (true|false)/, (_, value) => String(value !== 'true')],
    [/(true|false) AND (true|false)/, (_, a, b) => String(a === 'true' && b === 'true')],
    [/(true|false) OR (true|false)(?! AND)/, (_, a, b) => String(a === 'true' || b === 'true')],
  ];
  for (;;) {
    const step = steps.find(([pattern]) => pattern.test(left));
    if (!step) break;
    left = left.replace(step[0], step[1]);
  }
  if (left !== 'true' && left !== 'false') throw new Error(`not understood: ${left}`);
  return left === 'true';
}
