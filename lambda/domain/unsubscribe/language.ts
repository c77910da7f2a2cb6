/**
 * The language of a page: what was asked for, else the reader's favourite (`Accept-Language`, RFC 9110), else the stage's.
 * @param offered tags in lower case
 */
export function languageFor(
  asked: string | undefined,
  accepted: string | undefined,
  offered: ReadonlySet<string>,
  fallback: string,
): string {
  const wanted = [...(asked === undefined ? [] : [asked]), ...favourites(accepted ?? '')];
  for (const tag of wanted) {
    const [exact, broad] = [tag.toLowerCase(), tag.toLowerCase().split('-')[0] ?? ''];
    if (offered.has(exact)) return exact;
    if (offered.has(broad)) return broad;
  }
  return fallback;
}

/** More than any browser sends. */
const MOST = 20;

function favourites(header: string): string[] {
  return header
    .split(',', MOST)
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(/\s*;\s*/);
      const quality = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1);
      return { tag, quality: Number.isFinite(quality) ? quality : 0 };
    })
    .filter(({ tag, quality }) => quality > 0 && /^[a-z]{1,8}(-[a-z0-9]{1,8})*$/i.test(tag))
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}
