import { fetchText } from '../../../../lambda/aws/fetch-text.ts';

/** As the deployed functions fetch a certificate, but each address once: a diagnosis checks the same request many times. */
export function cachedFetchText(): (url: string) => Promise<string> {
  const fetched = new Map<string, Promise<string>>();
  return (url) => {
    const text = fetched.get(url) ?? fetchText(url);
    fetched.set(url, text);
    return text;
  };
}
