import { Failure } from '../failure.ts';
import { asSettings, inMembers } from './members.ts';

/** A failure of one key, told to somebody who has written a manifest and given no flags. */
export function inManifest(failure: Failure): Failure {
  const { message, code, exitCode, details, hint, awsAction, awsCode, step, inDoubt, cause } = failure;
  const told = new Failure(inMembers(message), {
    code,
    exitCode,
    details: details.map(inMembers),
    ...(hint === undefined ? {} : { hint: asSettings(hint) }),
    ...(awsAction === undefined ? {} : { awsAction }),
    ...(awsCode === undefined ? {} : { awsCode }),
    ...(step === undefined ? {} : { step }),
    cause,
  });
  return Object.assign(told, { inDoubt });
}
