import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transform } from 'esbuild';

/** File name beside the bundle. */
export const WIDGET_STYLE = 'widget.css';

const SHEET = join(import.meta.dirname, '../../ops/console/assets/console.css');

/**
 * The console's style sheet for a widget, which is a guest in a page of CloudWatch: every rule counts within the widget only, what depends
 * on the width of the window depends on that of the widget, and selectors are written out for browsers that know no nesting.
 */
export async function widgetStyle(): Promise<string> {
  const sheet = (await readFile(SHEET, 'utf8'))
    .replace(/^(:root|html|body) \{/gm, '& {')
    .replaceAll('@media (max-width', '@container (max-width');
  const { code } = await transform(`.quell {\ncontainer-type: inline-size;\n${sheet}\n}`, {
    loader: 'css',
    minify: true,
    target: 'chrome110',
  });
  return code;
}
