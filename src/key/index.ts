export { checkKey, checkStoredKey, type KeyRules, mayBePassword } from './check.ts';
export {
  ALGORITHMS,
  type Algorithm,
  algorithmName,
  algorithmOfLength,
  generateKey,
  KEY_LENGTH,
  KeyMaterial,
  type KeyType,
} from './key-material.ts';
export {
  type CheckedKey,
  checkKeyOfUnknownType,
  checkKeyText,
  type FindKeyType,
  isValidSrtPassword,
  keyReader,
  type LoadedKey,
  loadKey,
  type UncheckedKey,
} from './load.ts';
export type { KeyProblemCode } from './messages.ts';
export type { KeyProblem } from './problems.ts';
export {
  canReadKey,
  type KeyInput,
  type KeySource,
  readKeyText,
  takeKeyVariables,
} from './source.ts';
