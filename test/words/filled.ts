/** A message with parameters. */
export type Filled = (...values: unknown[]) => unknown;

/**
 * Returns what a message with parameters says for sample arguments: the name of each parameter in braces, or what else suits it. A
 * parameter that decides between texts gets several values, so that all of them are on the page.
 * @param path where the message is, such as `keyMessages.empty`
 */
export function resultsOf(work: Filled, path: string): unknown[] {
  const given = ARGUMENTS[path];
  if (given) return given.map((values) => work(...values));
  const parameters = parametersOf(work);
  const names = parameters.flat();
  const base = firstSuitable(work, parameters, names);
  if (!base) return [];
  const results = new Map([[JSON.stringify(base.result), base.result]]);
  for (const name of names.filter((each) => decides(each, String(work)))) {
    for (const value of DECIDING) {
      if (Array.isArray(value) && typeof base.values.get(name) === 'string') continue;
      const result = callWith(work, parameters, new Map([...base.values, [name, value]]));
      if (result === undefined) continue;
      // A text that differs only in the value is the same message.
      const text = JSON.stringify(result).replaceAll(standing(value), String(base.values.get(name)));
      if (![...results.keys()].some((other) => withoutQuotes(other) === withoutQuotes(text)))
        results.set(text, result);
    }
  }
  return [...results.values()];
}

/** Matches a value where it is not a part of another word. */
function standing(value: unknown): RegExp {
  const text = String(value).replace(/[{}[\]()|.*+?^$\\]/g, '\\$&');
  return new RegExp(`(?<!\\w|\\d\\.)${text}(?!\\w|\\.\\d)`, 'g');
}

function withoutQuotes(text: string): string {
  return text.replaceAll("'", '');
}

/** Values for a parameter that decides between texts. */
const DECIDING = [1, true, false, undefined, ['{one}'], 'srt-password'];

const DATE = new Date('2026-12-05T00:00:00Z');

/** Values for parameters of another type than text, or with a fixed set of values, by name. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  ...{ algorithm: 'aes256', keyType: 'static-key', kind: 'flow' },
  ...{ at: DATE, until: DATE, changedAt: DATE, lastAccessedAt: DATE, deletedAt: DATE, date: DATE },
};

const OUTCOMES = {
  secrets: [{ action: 'scheduled' }],
  policies: [{ action: 'deleted' }, { action: 'updated' }],
  roles: [{ action: 'deleted' }, { action: 'deleted' }],
};

const SETUP = { secrets: [], regions: ['{region}'], roleName: '{roleName}' };

/** Arguments of functions that the samples don't suit. */
const ARGUMENTS: Readonly<Record<string, readonly unknown[][]>> = {
  'configurationMessages.source': [
    [{ kind: 'environment' }, '{profile}', undefined],
    [{ kind: 'profile', method: 'sso' }, '{profile}', undefined],
    [{ kind: 'profile', method: 'role' }, '{profile}', '{from}'],
    ...['token-file', 'container', 'instance'].map((kind) => [{ kind }, '{profile}', undefined]),
  ],
  'inputMessages.looksLikeKey': [['{what}'], ['The name']],
  'userMessages.mustUpdate': [[['flow']], [['flow', 'flow', 'routerInput']]],
  'exportManifestMessages.roleText': ['description', 'boundary', 'trust'].map((what) => ['{role}', what]),
  'POLICY_FIXES.detachPolicy': [[SETUP, '{roleName}', { name: '{policyName}', arn: '{policyArn}' }]],
  'ROLE_FIXES.otherRole': [[SETUP], [{ ...SETUP, manifest: '{manifest}' }]],
  'teardownMessages.totals': [[OUTCOMES]],
  'wizardMessages.repaired': [[['space', 'hex-prefix'].map((what) => ({ what, count: 2 }))]],
};

/** Returns true if a function compares a parameter, or chooses by it. */
function decides(name: string, source: string): boolean {
  const word = name.replace('$', '\\$');
  return new RegExp(`[(,!]\\s*${word}\\b|\\b${word}(\\.length)?\\s*(\\?|&&|[!=]==|[<>])`).test(
    source.slice(bodyStart(source)),
  );
}

/** Returns the first values for which a function returns words. */
function firstSuitable(
  work: Filled,
  parameters: string[][],
  names: string[],
): { values: Map<string, unknown>; result: unknown } | undefined {
  const candidates = (name: string) => [
    SAMPLES[name] ?? `{${name}}`,
    7,
    [`{${name}}`, `{another ${name}}`],
    anyObject(name),
    [anyObject(name)],
    new Map(),
    true,
  ];
  const count = candidates('').length;
  for (let index = 0; index < Math.min(count ** names.length, 20_000); index += 1) {
    const values = new Map(
      names.map((name, place) => [name, candidates(name)[Math.floor(index / count ** place) % count]]),
    );
    const result = callWith(work, parameters, values);
    if (result !== undefined) return { values, result };
  }
  return undefined;
}

/** Returns an object each of whose properties is its name in braces, or a list if its name ends as a plural does. */
function anyObject(name: string): object {
  const memberOf = (property: string) => {
    const text = `{${name === '' ? '' : `${name}.`}${property}}`;
    return SAMPLES[property] ?? (/[^s]s$/.test(property) ? [text] : text);
  };
  return new Proxy(
    {},
    {
      get: (_, property) => (typeof property === 'string' ? memberOf(property) : undefined),
      has: () => true,
    },
  );
}

/** Returns the result, or undefined if it has no words or shows that the values don't suit the function. */
function callWith(work: Filled, parameters: string[][], values: Map<string, unknown>): unknown {
  const isObject = objectParameters(work);
  try {
    const result = work(
      ...parameters.map((names, index) =>
        isObject[index]
          ? Object.fromEntries(names.map((name) => [name, values.get(name)]))
          : values.get(names[0] ?? ''),
      ),
    );
    const text = JSON.stringify(result) ?? '';
    const isWrong = /undefined|NaN|\[object|\bnull\b|true|false/.test(
      text.replace(/\b(be|or|true or|:) (true|false)\b/g, ''),
    );
    return isWrong || !/[a-z]/i.test(text) ? undefined : result;
  } catch {
    return undefined;
  }
}

/** Returns the names of a function's parameters; several for one that is destructured. */
function parametersOf(work: Filled): string[][] {
  return parameterTexts(work).map((text) =>
    text.startsWith('{')
      ? splitAtCommas(text.slice(1, text.lastIndexOf('}'))).map((part) => /^[.\w$]+/.exec(part)?.[0] ?? part)
      : [/[\w$]+/.exec(text)?.[0] ?? text],
  );
}

function objectParameters(work: Filled): boolean[] {
  return parameterTexts(work).map((text) => text.startsWith('{'));
}

function parameterTexts(work: Filled): string[] {
  const source = String(work);
  const single = /^(?:async\s+)?([\w$]+)\s*=>/.exec(source)?.[1];
  if (single !== undefined) return [single];
  const start = source.indexOf('(');
  return splitAtCommas(source.slice(start + 1, bodyStart(source) - 1));
}

/** Returns the offset after a function's parameters. */
function bodyStart(source: string): number {
  let depth = 0;
  for (let offset = source.indexOf('('); offset < source.length && offset >= 0; offset += 1) {
    if ('([{'.includes(source[offset] ?? '')) depth += 1;
    if (')]}'.includes(source[offset] ?? '')) depth -= 1;
    if (depth === 0) return offset + 1;
  }
  return source.indexOf('=>');
}

/** Splits a text at the commas that are not in brackets. */
function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part].map((each) => each.trim()).filter((each) => each !== '');
}
