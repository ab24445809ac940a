import { GetPolicyCommand, ListPoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { decodePolicy } from '../../policy/index.ts';
import { type Page, pages } from '../requests/concurrency.ts';
import { type Aws, orAbsent } from '../session.ts';
import { isOwn } from '../tags.ts';

/** A role as the list of roles shows it: without tags and without its permissions boundary. */
export interface ListedRole {
  name: string;
  arn: string;
  path: string;
  description: string;
  /** The trust policy as JSON text. */
  trust: string;
}

/** With the longest trust policies, a page of so many is still well below `HTTP.longestAnswerBytes`. */
const PAGE_SIZE = 200;

/** All roles of the account, page by page. */
export function rolePages(aws: Aws): AsyncGenerator<Page<ListedRole>> {
  return pages(async (token) => {
    const answer = await aws.call({ action: 'iam:ListRoles', resource: '*' }, (options) =>
      aws.clients.iam().send(new ListRolesCommand({ MaxItems: PAGE_SIZE, Marker: token }), options),
    );
    const items = (answer.Roles ?? []).flatMap(
      ({ RoleName, Arn, Path, Description, AssumeRolePolicyDocument }) =>
        RoleName && Arn
          ? [
              {
                name: RoleName,
                arn: Arn,
                path: Path ?? '/',
                description: Description ?? '',
                trust: decodePolicy(AssumeRolePolicyDocument ?? '%7B%7D'),
              },
            ]
          : [],
    );
    return { items, next: answer.IsTruncated ? answer.Marker : undefined };
  });
}

/** A managed policy as the list of policies shows it: without tags. */
export interface ListedPolicy {
  name: string;
  arn: string;
  /** Whether any user, group or role has it. */
  attached: boolean;
}

/** All customer-managed policies of the account, page by page. */
export function policyPages(aws: Aws): AsyncGenerator<Page<ListedPolicy>> {
  return pages(async (token) => {
    const input = { Scope: 'Local', MaxItems: 1000, Marker: token } as const;
    const answer = await aws.call({ action: 'iam:ListPolicies', resource: '*' }, (options) =>
      aws.clients.iam().send(new ListPoliciesCommand(input), options),
    );
    const items = (answer.Policies ?? []).flatMap(({ PolicyName, Arn, AttachmentCount }) =>
      PolicyName && Arn ? [{ name: PolicyName, arn: Arn, attached: AttachmentCount !== 0 }] : [],
    );
    return { items, next: answer.IsTruncated ? answer.Marker : undefined };
  });
}

/** Whether this program made a policy, as its tag says; a policy that is gone by now is nobody's. */
export async function isOwnPolicy(aws: Aws, arn: string): Promise<boolean> {
  const answer = await orAbsent(
    aws.call({ action: 'iam:GetPolicy', resource: arn }, (options) =>
      aws.clients.iam().send(new GetPolicyCommand({ PolicyArn: arn }), options),
    ),
  );
  return isOwn(answer?.Policy?.Tags);
}
