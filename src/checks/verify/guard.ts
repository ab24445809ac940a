import { type JsonStatement, MEDIACONNECT_SERVICE, readJsonPolicy } from '../../policy/index.ts';

/**
 * A trust policy (JSON text) with the guard against the confused deputy in its statements for MediaConnect; nothing where a
 * statement is for others too, whom the guard would keep out. Pure.
 */
export function guarded(trust: string, account: string): string | undefined {
  const policy = readJsonPolicy(trust);
  const ours = policy.Statement.filter(isForMediaConnect);
  if (ours.length === 0 || ours.some(({ Condition }) => Condition !== undefined)) return undefined;
  const condition = { StringEquals: { 'aws:SourceAccount': account } };
  const statements = policy.Statement.map((each) =>
    ours.includes(each) ? { ...each, Condition: condition } : each,
  );
  return JSON.stringify({ ...policy, Statement: statements });
}

/** Whether a statement lets MediaConnect in and nobody else. */
function isForMediaConnect({ Effect, Principal }: JsonStatement): boolean {
  if (Effect !== 'Allow' || typeof Principal !== 'object' || Principal === null || Array.isArray(Principal))
    return false;
  const { Service, ...others } = Principal;
  const services = [Service].flat();
  return Object.keys(others).length === 0 && services.length === 1 && services[0] === MEDIACONNECT_SERVICE;
}
