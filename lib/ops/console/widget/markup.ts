import { HERE } from './event.ts';

/**
 * Pages as CloudWatch takes them: no script, no link and no form of ours leads anywhere there. Whatever did becomes a button, followed by
 * CloudWatch's own element that calls the function again, for the page that the link or the form led to. Reads markup of our own
 * templates, in which every value is escaped: a `<` or `>` is always a tag's. CloudWatch collects fields of forms, so that all stands in one.
 */
interface Surroundings {
  /** ARN of the function. */
  readonly endpoint: string;
  readonly style: string;
  readonly dark: boolean;
  /** The page that is shown. */
  readonly here: string;
}

const TAG = /<(\/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)>/g;

export function widgetOf(html: string, { endpoint, style, dark, here }: Surroundings): string {
  const call = (parameters: object): string =>
    `<cwdb-action action="call" display="widget" event="click" endpoint="${escaped(endpoint)}">${json(parameters)}</cwdb-action>`;
  let form: { readonly path: string; readonly fields: string[] } | undefined;
  let link: string | undefined;
  const body = html
    .replace(/<button type="button" data-copy[^<>]*>[^<>]*<\/button>/g, '')
    .replace(TAG, (tag: string, end: string, name: string, rest: string) => {
      const attributes = own(rest);
      if (name === 'a' && end === '') {
        link = unescaped(value(rest, 'href') ?? '/');
        return `<button type="button"${named('link', attributes)}>`;
      }
      if (name === 'a') return `</button>${call({ path: link })}`;
      if (name === 'form' && end === '') {
        form = { path: unescaped(value(rest, 'action') ?? '/'), fields: [] };
        return `<div${attributes.replace(/ (method|action)="[^"]*"/g, '')}>`;
      }
      if (name === 'form') {
        form = undefined;
        return '</div>';
      }
      const field = value(rest, 'name');
      if (field !== undefined) form?.fields.push(unescaped(field));
      if (name === 'button')
        return end === '' ? `<button type="button"${attributes}>` : `</button>${form ? call(form) : ''}`;
      return attributes === rest ? tag : `<${end}${name}${attributes}>`;
    });
  const scheme = `color-scheme: ${dark ? 'dark' : 'light'}`;
  return `<div class="cwdb-no-default-styles"></div><style>${style}</style><form class="quell" style="${scheme}"><input type="hidden" name="${HERE}" value="${escaped(here)}">${body}</form>`;
}

/** Attributes as a guest may have them: ids that are nobody else's, nothing that leads away. */
const own = (rest: string): string =>
  rest
    .replace(/ href="[^"]*"/, '')
    .replace(/ (id|aria-labelledby|for)="([^"]*)"/g, (_, name: string, id: string) => ` ${name}="quell-${id}"`)
    .replace(/ data-live(-status)?(="[^"]*")?/g, '');

/** With one more class. */
const named = (name: string, attributes: string): string =>
  / class="/.test(attributes)
    ? attributes.replace(/ class="([^"]*)"/, (_, others: string) => ` class="${others} ${name}"`)
    : `${attributes} class="${name}"`;

const value = (rest: string, name: string): string | undefined => new RegExp(` ${name}="([^"]*)"`).exec(rest)?.[1];

/** The same whether it is read as text or as markup. */
const json = (parameters: object): string =>
  JSON.stringify(parameters).replace(/[<>&]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);
const unescaped = (text: string): string =>
  Object.entries(SIGNS).reduceRight((all, [sign, entity]) => all.replaceAll(entity, sign), text);
