import { ListRolesCommand } from '@aws-sdk/client-iam';
import { decodePolicy } from '../../policy/index.ts';
import { type Page, pages } from '../requests/pages.ts';
import type { Aws } from '../session.ts';

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
