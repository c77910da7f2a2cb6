/**
 * Text of the far side as part of a line of ours: control and format characters (bidirectional ones among them) and separators of lines
 * become `\ufffd`, so that no value can forge a line or turn one round.
 */
export const clean = (value: string): string => value.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
