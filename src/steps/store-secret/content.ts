import type { FoundSecret } from '../../aws/secrets/index.ts';
import { checkStoredKey } from '../../key/index.ts';
import type { SetupRequest } from '../../options/setup-request.ts';
import { secretWords as words } from '../messages.ts';

/** Why MediaConnect could not use what the secret holds; `undefined` when it can. */
export function contentProblems(
  { content, name, region }: FoundSecret,
  { keyType, algorithm }: SetupRequest,
): { found: string; details: string[] } | undefined {
  if (content.kind === 'binary') return { found: words.binary(name, region), details: [] };
  if (content.kind === 'none') return { found: words.noValue(name, region), details: [] };
  const problems = checkStoredKey(content.key, { keyType, ...(algorithm ? { algorithm } : {}) });
  if (problems.length === 0) return undefined;
  return { found: words.unusable(name, region), details: problems.map((problem) => problem.message) };
}
