/** One page of a listing, and the token that AWS answers the next one for. */
export interface Page<T> {
  items: T[];
  next: string | undefined;
}

/**
 * Reads a listing page by page, so that no more than one page is held. Each page is a call of its own: a listing of
 * thousands takes longer than one call may.
 * @param read reads the page that a token stands for, the first one without a token
 */
export async function* pages<T>(
  read: (token: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<Page<T>> {
  let token: string | undefined;
  do {
    const page = await read(token);
    yield page;
    // What imitates AWS may answer the same page for ever.
    if (page.next === token) return;
    token = page.next;
  } while (token);
}
