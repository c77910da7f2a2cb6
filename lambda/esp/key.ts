/** Whether a text can be a key of an API: what else it held would end in a header that nobody sends. */
export const isApiKey = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);
