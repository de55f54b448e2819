// Choosing everything that a list would show, page after page, up to what one action takes.

/** The API acts on at most so many contacts at once. */
export const MOST_AT_ONCE = 10_000;

interface PageOfIds {
  ids: number[];
  nextCursor: string | null | undefined;
}

export interface Collected {
  ids: number[];
  /** Whether the list goes on behind what was taken. */
  hasMore: boolean;
}

/** The ids of all pages, at most `most`; `tell` hears how many there are so far. */
export async function collectIds(
  read: (cursor: string | undefined) => Promise<PageOfIds>,
  tell: (count: number) => void,
  most: number = MOST_AT_ONCE,
): Promise<Collected> {
  const ids: number[] = [];
  let cursor: string | undefined;
  for (;;) {
    // Each page names the next one.
    // oxlint-disable-next-line no-await-in-loop
    const page = await read(cursor);
    ids.push(...page.ids);
    tell(Math.min(ids.length, most));
    if (ids.length >= most) {
      return { ids: ids.slice(0, most), hasMore: ids.length > most || Boolean(page.nextCursor) };
    }
    if (!page.nextCursor) return { ids, hasMore: false };
    cursor = page.nextCursor;
  }
}
