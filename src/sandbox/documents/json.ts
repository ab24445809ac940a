export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a JSON object strictly: no trailing commas or comments, and no key twice in one object, which `JSON.parse` alone lets
 * pass and IAM does not.
 * @returns undefined for anything else.
 */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && !hasDuplicateKey(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A string, with the colon that makes it a key, or a bracket. */
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g;

/** @param text valid JSON. */
function hasDuplicateKey(text: string): boolean {
  const scopes: Set<unknown>[] = [];
  for (const [token, string, colon] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      scopes.push(new Set());
    } else if (token === '}' || token === ']') {
      scopes.pop();
    } else if (string !== undefined && colon !== undefined) {
      const key: unknown = JSON.parse(string);
      const scope = scopes.at(-1);
      if (scope?.has(key)) {
        return true;
      }
      scope?.add(key);
    }
  }
  return false;
}

/** A string, or a list of strings, as a list; undefined for anything else. */
export function stringsOf(value: unknown): string[] | undefined {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.every((item) => typeof item === 'string') ? items : undefined;
}
