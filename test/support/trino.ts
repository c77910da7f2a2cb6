import { execFileSync } from 'node:child_process';

/**
 * Mistakes that a Trino grammar finds in a statement. The parser's package is written for bundlers: Node cannot load it as it is, so it is
 * bundled first, in a process of its own.
 */
export function trinoMistakes(statements: readonly string[]): readonly (readonly string[])[] {
  const script = `
    import { buildSync } from 'esbuild';
    const { outputFiles } = buildSync({
      stdin: { contents: "export { TrinoSQL } from 'dt-sql-parser';", resolveDir: process.cwd(), loader: 'js' },
      bundle: true, platform: 'node', format: 'cjs', write: false, logLevel: 'error',
    });
    const module = { exports: {} };
    new Function('module', 'exports', 'require', outputFiles[0].text)(module, module.exports, () => ({}));
    const parser = new module.exports.TrinoSQL();
    let input = '';
    for await (const chunk of process.stdin) input += chunk;
    const mistakes = JSON.parse(input).map((sql) => parser.validate(sql).map(({ message, startLine, startColumn }) => startLine + ':' + startColumn + ' ' + message));
    process.stdout.write(JSON.stringify(mistakes));
  `;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    input: JSON.stringify(statements),
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(out.toString()) as string[][];
}
