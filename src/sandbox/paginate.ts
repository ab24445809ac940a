/** One page of a list, and the token that leads to the next one. */
export interface Page<T> {
  readonly items: T[];
  readonly next?: string;
}

/**
 * Cuts a page out of a list. The token is opaque to clients, as AWS's are.
 * @returns undefined if the token is not one of ours.
 */
export function pageOf<T>(all: readonly T[], token: string | undefined, size: number): Page<T> | undefined {
  const start = token === undefined ? 0 : positionIn(token);
  if (start === undefined) {
    return undefined;
  }
  const items = all.slice(start, start + size);
  const end = start + items.length;
  return end < all.length ? { items, next: tokenFor(end) } : { items };
}

function tokenFor(position: number): string {
  return Buffer.from(`from:${position}`).toString('base64');
}

function positionIn(token: string): number | undefined {
  const match = /^from:(\d{1,9})$/.exec(Buffer.from(token, 'base64').toString('utf8'));
  return match ? Number(match[1]) : undefined;
}
