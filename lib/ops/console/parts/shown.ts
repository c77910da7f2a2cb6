import { html } from 'hono/html';
import type { Html } from './page.ts';

/**
 * Text from the far side as it may be shown: what would steer a terminal, reorder a line or break it is made visible. The joiners of
 * emoji and of Indic and Arabic words stay.
 */
export const clean = (text: string): string => text.replace(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');

/** A stranger's text within a sentence: its direction stays its own. */
export const shown = (text: string): Html => html`<bdi>${clean(text)}</bdi>`;

/** A server's words, as they came. */
export const quoted = (text: string): Html => html`<blockquote><bdi>${clean(text)}</bdi></blockquote>`;
