import type { JsonValue } from '../../../policy/index.ts';
import { ACCOUNT_PLACEHOLDER } from '../placeholders.ts';

const ENDPOINT = /^(secretsmanager\.[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/**
 * A document with CloudFormation's pseudo parameters in place of what differs from account to account: the account itself, the
 * partition of its ARNs, and the domain in `kms:ViaService`. What the user wrote as an ARN in full stays as it is.
 * Source: CloudFormation Template Reference, "Pseudo parameters reference" and "Fn::Sub".
 */
export function withPseudoParameters(value: JsonValue): JsonValue {
  if (typeof value === 'string') return substituted(value);
  if (Array.isArray(value)) return value.map(withPseudoParameters);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withPseudoParameters(part)]));
}

/** A pseudo parameter as it stands in the text of `Fn::Sub`. */
export function pseudoParameter(name: 'AccountId' | 'Partition' | 'Region' | 'URLSuffix'): string {
  return `\${AWS::${name}}`;
}

function substituted(text: string): JsonValue {
  if (text === ACCOUNT_PLACEHOLDER) return { Ref: 'AWS::AccountId' };
  const [, endpoint] = ENDPOINT.exec(text) ?? [];
  if (endpoint !== undefined) return { 'Fn::Sub': `${endpoint}.${pseudoParameter('URLSuffix')}` };
  if (!text.includes(ACCOUNT_PLACEHOLDER)) return text;
  return {
    'Fn::Sub': text
      .replace(/^arn:[a-z-]+:/, () => `arn:${pseudoParameter('Partition')}:`)
      .replaceAll(ACCOUNT_PLACEHOLDER, () => pseudoParameter('AccountId')),
  };
}
