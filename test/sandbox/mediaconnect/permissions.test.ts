import {
  CreateFlowCommand,
  DescribeFlowCommand,
  ListFlowsCommand,
  RemoveFlowOutputCommand,
} from '@aws-sdk/client-mediaconnect';
import { describe, expect, it } from 'vitest';
import { freshSandbox } from '../../support/sandbox.ts';
import { clientsFor, failureOf } from '../clients.ts';
import { makeFlow, ROLE_ARN, SECRET_ARN, STATIC_KEY, ZIXI_SOURCE } from './set-up.ts';

const sandbox = freshSandbox();
const under = (...statements: object[]) => {
  const Statement = statements.map((statement) => ({ Effect: 'Allow', Resource: '*', ...statement }));
  const credentials = sandbox().credentialsFor({ Version: '2012-10-17', Statement });
  return clientsFor(sandbox(), { credentials }).mediaConnect;
};
const source = (Decryption?: typeof STATIC_KEY) =>
  new CreateFlowCommand({ Name: 'game', Source: { ...ZIXI_SOURCE, ...(Decryption && { Decryption }) } });
const passing = (service: string, Resource = ROLE_ARN) => ({
  Action: 'iam:PassRole',
  Resource,
  Condition: { StringEquals: { 'iam:PassedToService': service } },
});
const FLOWS = { Action: 'mediaconnect:*' };

describe('creating an encrypted flow', () => {
  it('works with permission to pass the role to MediaConnect', async () => {
    const made = await under(FLOWS, passing('mediaconnect.amazonaws.com')).send(source(STATIC_KEY));
    expect(made.Flow?.Source?.Decryption?.RoleArn).toBe(ROLE_ARN);
  });

  it.each([
    ['no role', []],
    ['the role to another service', [passing('medialive.amazonaws.com')]],
    ['another role', [passing('mediaconnect.amazonaws.com', `${ROLE_ARN}-2`)]],
  ])('fails with “Forbidden” with permission to pass %s', async (_what, statements) => {
    const client = under(FLOWS, ...statements);
    expect(await failureOf(client.send(source(STATIC_KEY)))).toEqual({
      name: 'AccessDeniedException',
      message: 'Forbidden',
      status: 403,
    });
    expect((await client.send(source())).Flow?.Name).toBe('game');
  });
});

describe('a permission for one flow', () => {
  it('applies to that flow only', async () => {
    const FlowArn = await makeFlow(clientsFor(sandbox()), SECRET_ARN);
    const other = sandbox().addFlow({ region: 'us-west-2', name: 'other' });
    const client = under({
      Action: ['mediaconnect:DescribeFlow', 'mediaconnect:RemoveFlowOutput'],
      Resource: FlowArn,
    });
    const { Flow } = await client.send(new DescribeFlowCommand({ FlowArn }));
    const denied = await failureOf(client.send(new DescribeFlowCommand({ FlowArn: other })));
    expect(denied).toMatchObject({ name: 'AccessDeniedException', status: 403 });
    expect(denied.message).toMatch(
      `is not authorized to perform: mediaconnect:DescribeFlow on resource: ${other} because no identity-based policy allows`,
    );
    const OutputArn = Flow?.Outputs?.[0]?.OutputArn;
    const remove = client.send(new RemoveFlowOutputCommand({ FlowArn, OutputArn }));
    expect((await failureOf(remove)).message).toMatch(`RemoveFlowOutput on resource: ${OutputArn}`);
    const list = client.send(new ListFlowsCommand({}));
    expect((await failureOf(list)).message).toMatch('mediaconnect:ListFlows on resource: *');
  });
});
