export { type CheckResult, checkKey, checkStoredKey, type KeyRules, mayBePassword } from './check.ts';
export { ALGORITHMS, algorithmOfLength, generateKey, KEY_LENGTH } from './generate.ts';
export { type Algorithm, KeyMaterial, type KeyType } from './key-material.ts';
export { type CheckedKey, keyLoader, type LoadKey, loadKey } from './load.ts';
export type { KeyProblem, KeyProblemCode } from './problems.ts';
export { holdsKey, type KeyInput, type KeySource, type KeyText, readKeyText } from './source.ts';
