/** What is not known, and why: a short clause. */
export interface Unknown {
  unknown: string;
}

/** The answer to a question that not always has one (Kleene's three-valued logic). */
export type Truth = 'yes' | 'no' | Unknown;

export function truth(value: boolean): Truth {
  return value ? 'yes' : 'no';
}

/** "No" as soon as one is; else unknown as soon as one is, for the reason of the first such. */
export function all(values: Truth[]): Truth {
  return values.includes('no') ? 'no' : (values.find(isUnknown) ?? 'yes');
}

/** "Yes" as soon as one is; else unknown as soon as one is, for the reason of the first such. */
export function any(values: Truth[]): Truth {
  return values.includes('yes') ? 'yes' : (values.find(isUnknown) ?? 'no');
}

export function not(value: Truth): Truth {
  if (isUnknown(value)) return value;
  return value === 'yes' ? 'no' : 'yes';
}

export function isUnknown(value: Truth): value is Unknown {
  return typeof value === 'object';
}
