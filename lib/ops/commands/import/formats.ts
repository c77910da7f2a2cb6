import type { ListFile } from '../../../../lambda/providers/list-file.ts';
import { LIST_FILES } from '../../../../lambda/providers/list-files.ts';
import { ours } from './ours.ts';

/** Every format of a list, the most telling columns first. A Map, because the name comes from outside. */
export const FORMATS: ReadonlyMap<string, ListFile> = new Map([['quell', ours], ...LIST_FILES]);

/** The format whose columns a header line has; undefined where none fits. */
export function detect(header: readonly string[]): string | undefined {
  const has = new Set(header);
  const fits = ({ columns }: ListFile) =>
    columns.every((column) => (typeof column === 'string' ? has.has(column) : column.some((one) => has.has(one))));
  return [...FORMATS].find(([, format]) => fits(format))?.[0];
}

/** The format of a file without a header line that begins with this one. */
export const headless = (first: string): string | undefined =>
  [...FORMATS].find(([, format]) => format.headless?.firstLine.test(first))?.[0];
