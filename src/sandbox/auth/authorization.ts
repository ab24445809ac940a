/** The parts of a Signature Version 4 `Authorization` header. */
export interface Authorization {
  readonly accessKeyId: string;
  /** `YYYYMMDD` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * Reads an `Authorization` header.
 * @returns the parts, `'missing'` where there is no such header, or the message AWS gives for an incomplete one.
 */
export function parseAuthorization(
  header: string | undefined,
): Authorization | 'missing' | { incomplete: string } {
  if (header === undefined || header === '') {
    return 'missing';
  }
  if (!header.startsWith(`${ALGORITHM} `)) {
    return { incomplete: `Unsupported AWS 'algorithm': '${header.split(' ')[0]}'.` };
  }
  const fields = new Map(header.slice(ALGORITHM.length).split(',').map(splitField));
  const absent = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !fields.get(name));
  if (absent.length > 0) {
    return {
      incomplete: absent.map((name) => `Authorization header requires '${name}' parameter.`).join(' '),
    };
  }
  const scope = (fields.get('Credential') ?? '').split('/');
  const [accessKeyId, date, region, service, terminal] = scope;
  if (scope.length !== 5 || !accessKeyId || !date || !region || !service || terminal !== 'aws4_request') {
    return {
      incomplete: `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.`,
    };
  }
  return {
    accessKeyId,
    date,
    region,
    service,
    signedHeaders: (fields.get('SignedHeaders') ?? '').split(';'),
    signature: fields.get('Signature') ?? '',
  };
}

function splitField(field: string): [string, string] {
  const [name = '', ...value] = field.trim().split('=');
  return [name, value.join('=')];
}
