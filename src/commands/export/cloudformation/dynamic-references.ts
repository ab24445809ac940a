import { EXIT, Failure } from '../../../failure.ts';
import { exportWords as words } from '../messages.ts';
import type { PlannedRole } from '../types.ts';

/**
 * Sees to it that texts stay texts. Names and tags have no braces, so it can only be these.
 * Source: CloudFormation User Guide, "Get values stored in other services using dynamic references"; there is no escape.
 * @throws Failure that names the option, when CloudFormation would put something else in its place
 */
export function demandNoReferences(roles: PlannedRole[]): void {
  for (const { name, description, trust, permissionsBoundary = '' } of roles) {
    const texts = [
      ['--role-description', 'roleDescription', description],
      ['--source-arn', 'sourceArns', JSON.stringify(trust)],
      ['--permissions-boundary', 'permissionsBoundary', permissionsBoundary],
    ] as const;
    const found = texts.find(([, , text]) => text.includes('{{resolve:'));
    if (!found) continue;
    const [option, member] = found;
    throw new Failure(words.resolved(option, member, name), { code: 'export', exitCode: EXIT.usage });
  }
}
