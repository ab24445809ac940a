import type { Fix } from '../../failure.ts';
import type { Verdict } from '../../plan-types.ts';

/** The stable words for the checks. What comes before the first hyphen says what the check is about. */
export type VerifyId =
  | 'flow-messages'
  | 'flow-exists'
  | 'flow-account'
  | 'flow-encryption'
  | 'flow-protocol'
  | 'flow-algorithm'
  | 'flow-secret'
  | 'flow-role'
  | 'flow-other-end'
  | 'router-messages'
  | 'router-exists'
  | 'router-account'
  | 'router-encryption'
  | 'router-secret'
  | 'router-role'
  | 'router-other-end'
  | 'secret-exists'
  | 'secret-account'
  | 'secret-deletion'
  | 'secret-version'
  | 'secret-rotation'
  | 'secret-plaintext'
  | 'secret-form'
  | 'secret-characters'
  | 'secret-length'
  | 'secret-key'
  | 'secret-same-key'
  | 'secret-kms-key'
  | 'secret-resource-policy'
  | 'role-exists'
  | 'role-account'
  | 'role-name'
  | 'role-path'
  | 'role-trust'
  | 'role-guard'
  | 'role-policies'
  | 'role-policy-attached'
  | 'role-reads-secret'
  | 'role-decrypts-secret'
  | 'policy-reads-only'
  | 'policy-scope'
  | 'caller-pass-role';

/** A key of many: the ARNs of its secrets, and of the role that is to read them. */
export interface VerifiedKey {
  secrets: string[];
  role: string;
}

/** One thing that was checked. */
export interface VerifyCheck extends Partial<Fix> {
  id: VerifyId;
  verdict: Verdict;
  /** The ARN of what was checked; `??????` stands in it for the end that is not known. */
  subject: string;
  /** The role that it is about, where that is not the subject. */
  role?: string;
  detail: string;
  /** The IAM action without which the answer is unknown. */
  awsAction?: string;
}
