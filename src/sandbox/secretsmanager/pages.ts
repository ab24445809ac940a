import { type Page, pageOf } from '../paginate.ts';
import { invalidNextToken } from './errors.ts';

/** @throws AwsError InvalidNextTokenException for a token that is not from an earlier answer. */
export function secretPage<T>(all: readonly T[], token: string | undefined, size = 100): Page<T> {
  const page = pageOf(all, token, size);
  if (!page) {
    throw invalidNextToken();
  }
  return page;
}
