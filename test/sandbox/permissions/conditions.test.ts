import { AttachRolePolicyCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { failureOf, TRUST } from '../clients.ts';
import { accountOfFile, IAM_DENIED, read, SM_DENIED } from './account.ts';

const account = accountOfFile();

describe('a condition', () => {
  const tag = (value: string) => ({ StringEquals: { 'aws:ResourceTag/team': value } });

  it('on a tag of the secret is evaluated', async () => {
    const action = 'secretsmanager:GetSecretValue';
    await account()
      .engineer({ action, condition: tag('blue') })
      .secrets.send(read());
    const other = account().engineer({ action, condition: tag('red') }).secrets;
    expect(await failureOf(other.send(read()))).toMatchObject(SM_DENIED);
  });

  it('on the tags of the request is evaluated', async () => {
    const condition = {
      StringEquals: { 'aws:RequestTag/team': 'blue' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] },
    };
    const { iam } = account().engineer({ action: ['iam:CreateRole', 'iam:TagRole'], condition });
    const create = (RoleName: string, ...Tags: { Key: string; Value: string }[]) =>
      iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, Tags }));
    await create('Blue', { Key: 'team', Value: 'blue' });
    const refused = [create('Bare'), create('Red', { Key: 'team', Value: 'red' })];
    const tooMany = create('Extra', { Key: 'team', Value: 'blue' }, { Key: 'x', Value: '' });
    for (const call of [...refused, tooMany]) {
      expect(await failureOf(call)).toMatchObject(IAM_DENIED);
    }
  });

  it('on the Region, the policy, the permissions boundary and the recovery window is evaluated', async () => {
    const attach = (PolicyArn: string) => new AttachRolePolicyCommand({ RoleName: 'Reader', PolicyArn });
    const onPolicy = { ArnEquals: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/Read*' } };
    const { iam } = account().engineer({ action: 'iam:AttachRolePolicy', condition: onPolicy });
    await iam.send(attach('arn:aws:iam::aws:policy/ReadOnlyAccess'));
    const refused = iam.send(attach('arn:aws:iam::aws:policy/AdministratorAccess'));
    expect(await failureOf(refused)).toMatchObject(IAM_DENIED);

    const elsewhere = { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } };
    const { secrets } = account().engineer({ action: 'secretsmanager:*', condition: elsewhere });
    expect(await failureOf(secrets.send(read()))).toMatchObject(SM_DENIED);

    const bounded = { StringEquals: { 'iam:PermissionsBoundary': 'arn:aws:iam::aws:policy/ReadOnlyAccess' } };
    const careful = account().engineer({ action: 'iam:CreateRole', condition: bounded }).iam;
    const create = (RoleName: string, boundary?: string) =>
      careful.send(
        new CreateRoleCommand({
          RoleName,
          AssumeRolePolicyDocument: TRUST,
          ...(boundary && { PermissionsBoundary: boundary }),
        }),
      );
    expect(await failureOf(create('Unbound'))).toMatchObject(IAM_DENIED);
    await create('Bound', 'arn:aws:iam::aws:policy/ReadOnlyAccess');

    const slow = { NumericGreaterThanEquals: { 'secretsmanager:RecoveryWindowInDays': '14' } };
    const remover = account().engineer({ action: 'secretsmanager:DeleteSecret', condition: slow }).secrets;
    const remove = (days: number) =>
      remover.send(new DeleteSecretCommand({ SecretId: 'absent', RecoveryWindowInDays: days }));
    expect(await failureOf(remove(7))).toMatchObject(SM_DENIED);
    expect((await failureOf(remove(14))).name).toBe('ResourceNotFoundException');
  });
});
