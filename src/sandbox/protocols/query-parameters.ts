import { AwsError } from '../errors.ts';

interface Branch {
  [key: string]: string | Branch;
}

const MAX_DEPTH = 8;

/**
 * Turns flat parameters such as `Tags.member.1.Key=a` into nested values.
 * @throws AwsError `MalformedInput` if a name is both a value and a structure, or nested too deeply.
 */
export function nestParameters(parameters: readonly (readonly [string, string])[]): Record<string, unknown> {
  const root: Branch = Object.create(null);
  for (const [name, value] of parameters) {
    insert(root, name.split('.'), value);
  }
  return Object.fromEntries(Object.entries(root).map(([key, item]) => [key, collapse(item)]));
}

function insert(root: Branch, path: string[], value: string): void {
  const last = path.pop() ?? '';
  if (path.length > MAX_DEPTH) {
    throw malformed();
  }
  let branch = root;
  for (const key of path) {
    const next = branch[key] ?? (Object.create(null) as Branch);
    if (typeof next === 'string') {
      throw malformed();
    }
    branch[key] = next;
    branch = next;
  }
  if (typeof branch[last] === 'object') {
    throw malformed();
  }
  branch[last] = value;
}

function collapse(item: string | Branch): unknown {
  if (typeof item === 'string') {
    return item;
  }
  const members = item.member;
  if (typeof members === 'object') {
    const numbered = Object.entries(members).sort(([a], [b]) => Number(a) - Number(b));
    return numbered.map(([, member]) => collapse(member));
  }
  return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, collapse(inner)]));
}

function malformed(): AwsError {
  return new AwsError('MalformedInput', 'The request parameters could not be parsed.');
}
