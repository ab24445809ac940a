import { AwsError } from '../errors.ts';

interface MfaInput {
  SerialNumber?: string | undefined;
  TokenCode?: string | undefined;
}

/**
 * Whether a request proves possession of an MFA device. The sandbox takes any device and any six digits.
 * @throws AwsError AccessDenied if it gives one half of the proof only.
 */
export function provesMfa(input: MfaInput): boolean {
  if (input.SerialNumber === undefined && input.TokenCode === undefined) {
    return false;
  }
  if (input.SerialNumber === undefined || input.TokenCode === undefined) {
    throw new AwsError(
      'AccessDenied',
      'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.',
      403,
    );
  }
  return true;
}
