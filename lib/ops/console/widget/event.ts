/** What CloudWatch hands to the function of a custom widget, as far as it is read here. */
export interface WidgetEvent {
  /** Asked by the dashboard's editor: what is this widget, and what can it be told? */
  readonly describe?: boolean;
  /** Of an action of ours: the page to show, with its query. */
  readonly path?: unknown;
  /** Of an action of ours: fields of the form whose values belong to the page's query. */
  readonly fields?: unknown;
  readonly widgetContext?: {
    readonly theme?: string;
    readonly forms?: { readonly all?: Readonly<Record<string, unknown>> };
  };
}

/** Field in which the widget remembers its page, so that a refresh of the dashboard shows it again. */
export const HERE = 'quell-page';

const BASE = 'http://widget';
/** Longer ones come from no page of ours. */
const MOST = 4096;

/** The page that an event asks for: a path with its query. Anything that is no path of ours is the overview. */
export function pathOf({ path, fields, widgetContext }: WidgetEvent): string {
  const forms = widgetContext?.forms?.all ?? {};
  const asked = typeof path === 'string' ? path : Object.hasOwn(forms, HERE) ? forms[HERE] : '/';
  if (typeof asked !== 'string' || asked.length > MOST || !/^\/(?!\/)/.test(asked) || !URL.canParse(asked, BASE))
    return '/';
  const url = new URL(asked, BASE);
  for (const name of Array.isArray(fields) ? fields : []) {
    const value = Object.hasOwn(forms, String(name)) ? forms[String(name)] : undefined;
    if (typeof value === 'string') url.searchParams.set(String(name), value.slice(0, MOST));
  }
  return `${url.pathname}${url.search}`;
}

export const DESCRIPTION = `## Quell

The console of this stack, read-only: is every source alive, is anything lost or late, who is on the list and why.
It shows what the viewer policy may see. It takes no parameters.
`;
