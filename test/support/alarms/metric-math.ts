/** The value of one period; undefined = no data. */
export type Series = number | undefined;
type Look = (name: string) => Series;
type Compiled = (look: Look) => Series;

/** Loosest first, as in CloudWatch's metric math. */
const OPERATORS: readonly Readonly<Record<string, (a: number, b: number) => number>>[] = [
  { OR: (a, b) => Number(a !== 0 || b !== 0) },
  { AND: (a, b) => Number(a !== 0 && b !== 0) },
  { '>=': (a, b) => Number(a >= b), '>': (a, b) => Number(a > b), '<': (a, b) => Number(a < b) },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => a / b },
];

/** As much of metric math as the alarms use. What has no data, or divides by zero, has no value. */
export function compile(expression: string): Compiled {
  const tokens = expression.match(/>=|[-+*/<>(),]|[A-Za-z_]\w*|[\d.]+/g) ?? [];
  let at = 0;
  const take = (expected?: string): string => {
    const token = tokens[at++] ?? '';
    if (expected !== undefined && token !== expected) throw new Error(`expected ${expected} in ${expression}`);
    return token;
  };

  function binary(level: number): Compiled {
    const operators = OPERATORS[level];
    if (!operators) return single();
    let left = binary(level + 1);
    for (let run = operators[tokens[at] ?? '']; run; run = operators[tokens[at] ?? '']) {
      at++;
      const [a, b, operate] = [left, binary(level + 1), run];
      left = (look) => both(a(look), b(look), operate);
    }
    return left;
  }

  function single(): Compiled {
    const token = take();
    if (token === '(') {
      const inner = binary(0);
      take(')');
      return inner;
    }
    if (/^[\d.]/.test(token)) return () => Number(token);
    if (token === 'IF') return choice(...list(3));
    if (token === 'FILL') return filled(...list(2));
    return (look) => look(token);
  }

  function list(length: number): Compiled[] {
    take('(');
    const items = Array.from({ length }, (_none, index) => {
      if (index > 0) take(',');
      return binary(0);
    });
    take(')');
    return items;
  }

  const compiled = binary(0);
  if (at < tokens.length) throw new Error(`unexpected ${tokens[at]} in ${expression}`);
  return compiled;
}

const both = (a: Series, b: Series, operate: (a: number, b: number) => number): Series => {
  const value = a === undefined || b === undefined ? undefined : operate(a, b);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
};

const choice =
  (when?: Compiled, yes?: Compiled, no?: Compiled): Compiled =>
  (look) => {
    const condition = when?.(look);
    return condition === undefined ? undefined : (condition !== 0 ? yes : no)?.(look);
  };

const filled =
  (of?: Compiled, by?: Compiled): Compiled =>
  (look) =>
    of?.(look) ?? by?.(look);
