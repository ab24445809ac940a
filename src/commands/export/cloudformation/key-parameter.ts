import { ALGORITHMS, KEY_LENGTH } from '../../../key/index.ts';
import type { JsonObject } from '../../../policy/index.ts';
import type { PlannedSecret } from '../types.ts';
import { templateWords as words } from './messages.ts';

/** As `checkKey` has it: printable, and no space at either end. */
const PASSWORD = { least: 10, most: 80 };

/** What it refuses besides: quotation marks around it, which are no part of a password, and JSON. */
const WRAPPED = [`"`, `'`, '`']
  .map((mark) => `${mark}.*${mark}`)
  .concat('\\{.*".*\\}', '\\[.*".*\\]')
  .join('|');

/**
 * The parameter that takes a key: CloudFormation masks it (`NoEcho`), and refuses what could not be the key.
 * Source: CloudFormation User Guide, "Parameters".
 */
export function keyParameter(secret: PlannedSecret): JsonObject {
  const { keyType, name, places } = secret;
  const what = words.key[keyType](name);
  const { pattern, least, most, rule } = keyType === 'static-key' ? staticKey(secret) : password();
  return {
    Type: 'String',
    NoEcho: true,
    Description: places.length > 1 ? `${what}, ${words.sameEverywhere}` : what,
    AllowedPattern: pattern,
    MinLength: least,
    MaxLength: most,
    ConstraintDescription: rule,
  };
}

function staticKey({ algorithm }: PlannedSecret) {
  const lengths = (algorithm ? [algorithm] : ALGORITHMS).map((each) => KEY_LENGTH[each]);
  return {
    pattern: `^(${lengths.map((length) => `[0-9A-Fa-f]{${length}}`).join('|')})$`,
    least: Math.min(...lengths),
    most: Math.max(...lengths),
    rule: words.keyRule['static-key'](lengths),
  };
}

function password() {
  const { least, most } = PASSWORD;
  return {
    pattern: `^(?!(${WRAPPED})$)[!-~][ -~]{${least - 2},${most - 2}}[!-~]$`,
    least,
    most,
    rule: words.keyRule['srt-password'],
  };
}

/**
 * How Secrets Manager makes a static key: of what it draws from, the hexadecimal digits are left.
 * Source: CloudFormation Template Reference, "AWS::SecretsManager::Secret GenerateSecretString".
 */
export function generatedKey(digits: number): JsonObject {
  return {
    PasswordLength: digits,
    ExcludeUppercase: true,
    ExcludePunctuation: true,
    ExcludeCharacters: 'ghijklmnopqrstuvwxyz',
    RequireEachIncludedType: false,
  };
}
