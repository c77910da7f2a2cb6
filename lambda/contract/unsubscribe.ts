/**
 * The source of what people ask for by a link of their mail: `receive` writes its events itself. Reserved as the heartbeat's. What they
 * ask for is law in many countries: no policy ends it.
 */
export const UNSUBSCRIBE_SOURCE = 'quell-unsubscribe';

/** The scope of everything. */
export const ALL = 'all';

/** The settings of the page, as the functions get them. */
export interface UnsubscribeConfig {
  /** Who sends the mail, as the page names it. */
  readonly sender?: string;
  /** Shown to those whose browser asks for none that there is. */
  readonly language: string;
  /** Names of scopes, for people. */
  readonly lists: Readonly<Record<string, string>>;
  /** By language, what the page says otherwise. */
  readonly texts: Readonly<Record<string, Partial<UnsubscribeTexts>>>;
}

/**
 * What the page says, by name. `{sender}` and `{list}` in a text stand for names of the settings. What leaving means is `all` of everything,
 * `list` of a list with a name, `unnamed` of one without; `languages` names the choice of languages to those who do not see it.
 */
export const UNSUBSCRIBE_TEXTS = [
  'title',
  'ask',
  'all',
  'list',
  'unnamed',
  'unsubscribe',
  'already',
  'left',
  'leftText',
  'mistake',
  'resubscribe',
  'back',
  'backText',
  'invalid',
  'invalidText',
  'later',
  'laterText',
  'languages',
] as const;
export type UnsubscribeTexts = Readonly<Record<(typeof UNSUBSCRIBE_TEXTS)[number], string>>;

/** Languages that the page speaks without any settings, the first where nothing else is said. */
export const UNSUBSCRIBE_LANGUAGES = ['en', 'de', 'fr', 'es', 'ar'] as const;
