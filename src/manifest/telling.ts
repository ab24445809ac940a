import { Failure } from '../failure.ts';
import type { Told } from '../message.ts';
import { asSettings, inMembers } from './members.ts';

/** A failure, told to somebody who has written a manifest and given no flags. What was told so already stays as it is. */
export function inManifest(failure: Failure): Failure {
  const { message, code, exitCode, details, hint, awsAction, awsCode, step, inDoubt, stack, cause } = failure;
  const told = new Failure(inMembers(message), {
    code,
    exitCode,
    details: details.map(toldInManifest),
    ...(hint === undefined ? {} : { hint: toldInManifest(hint) }),
    ...(awsAction === undefined ? {} : { awsAction }),
    ...(awsCode === undefined ? {} : { awsCode }),
    ...(step === undefined ? {} : { step }),
    cause,
  });
  return Object.assign(told, { inDoubt, ...(stack === undefined ? {} : { stack }) });
}

/** A check, or a note, told in the same way. */
export function checkInManifest<Check extends { detail: string; remedy?: string }>(check: Check): Check {
  const { detail, remedy } = check;
  return {
    ...check,
    detail: inMembers(detail),
    ...(remedy === undefined ? {} : { remedy: inMembers(remedy) }),
  };
}

/** What the user should know of a plan, told in the same way. */
export function planInManifest<Plan extends { warnings: string[] }>(plan: Plan): Plan {
  return { ...plan, warnings: plan.warnings.map(inMembers) };
}

function toldInManifest(told: Told): Told {
  if (typeof told === 'string') return inMembers(told);
  if ('remedy' in told) return { ...told, remedy: inMembers(told.remedy) };
  return {
    waysOut: told.waysOut.map(({ flag, text }) => ({ flag: asSettings(flag), text: inMembers(text) })),
  };
}

/**
 * Does what a manifest says.
 * @throws Failure as it is told to somebody who has written a manifest
 */
export async function asManifest<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Failure ? inManifest(error) : error;
  }
}
