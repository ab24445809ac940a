import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT, KMS_ALIAS, KMS_ID, ORGANIZATION, OTHER_ACCOUNT, REGIONS } from '../stories/vocabulary.ts';
import type { RoleShot, SecretShot, Snapshot } from '../world/snapshot.ts';

/** Something that somebody may or may not do. */
export interface Probe {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | string[]>>;
  /** What tells it apart, and what a report names it by. */
  readonly id: string;
  /** The resource policy that has a say. */
  readonly policy?: string | undefined;
}

/** What one document says to a probe. */
type Say = 'allow' | 'deny' | 'nothing';

interface Statement {
  readonly Resource?: string | string[];
}

/** A secret that there is not: whoever may read it may read any. */
const NOBODYS = `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:zzz-nobodys-AbCdEf`;

/** What is tried in an account: to read each secret, to change one, to decrypt with the account's keys. */
export function probesOf({ secrets }: Snapshot): Probe[] {
  const all = [...secrets.values()];
  const [first] = all;
  return [
    ...all.map(readingOf),
    probe('secretsmanager:GetSecretValue', NOBODYS),
    probe('secretsmanager:DeleteSecret', first?.arn ?? NOBODYS),
    probe('secretsmanager:PutSecretValue', first?.arn ?? NOBODYS),
    ...REGIONS.map((region) => decrypting(`arn:aws:kms:${region}:${ACCOUNT}:key/${KMS_ID}`)),
    probe('s3:GetObject', 'arn:aws:s3:::bucket/key'),
  ];
}

/** To read a secret. */
export function readingOf({ arn, policy }: SecretShot): Probe {
  return { ...probe('secretsmanager:GetSecretValue', arn), policy };
}

/** To decrypt with a key through Secrets Manager. */
export function decrypting(arn: string): Probe {
  const [, , , region = '', account] = arn.split(':');
  return probe('kms:Decrypt', arn, {
    'kms:ViaService': `secretsmanager.${region}.amazonaws.com`,
    ...(account === ACCOUNT ? { 'kms:ResourceAliases': [KMS_ALIAS] } : {}),
  });
}

function probe(action: string, resource: string, more: Probe['context'] = {}): Probe {
  const [, , , , owner] = resource.split(':');
  const context = {
    'aws:PrincipalAccount': ACCOUNT,
    'aws:PrincipalOrgID': ORGANIZATION,
    'aws:ResourceAccount': owner === OTHER_ACCOUNT ? OTHER_ACCOUNT : ACCOUNT,
    'aws:ResourceOrgID': ORGANIZATION,
    'aws:ResourceTag/team': 'other',
    ...more,
  };
  return { action, resource, context, id: `${action} on ${resource}` };
}

/** A statement for one resource: what a document says is what its parts say together. */
interface Part {
  readonly document: object;
  /** By who is asking, and for what. */
  readonly said: Map<string, Say>;
}

/**
 * The judge of access: `@cloud-copilot/iam-simulate` is asked what each statement says of each of its resources, which is
 * remembered, and what they come to together is AWS's rule: one that allows and none that denies.
 */
export class AccessJudge {
  /** By the text of a document. */
  readonly #documents = new Map<string, Part[]>();
  /** By their text. */
  readonly #parts = new Map<string, Part>();
  /** How often the judge itself was asked. */
  asked = 0;

  /** Whether a role may do something, whoever has assumed it. */
  async mayDo(role: RoleShot, { policies }: Snapshot, question: Probe): Promise<boolean> {
    const attached = role.attached.flatMap((arn) => policies.get(arn)?.document ?? []);
    let allowed = false;
    for (const document of [...attached, ...role.inline.map(([, text]) => text)]) {
      const says = await this.#says(document, question, 'identity');
      if (says === 'deny') return false;
      allowed ||= says === 'allow';
    }
    if (role.boundary !== undefined) {
      const document = policies.get(role.boundary)?.document;
      if (document === undefined || (await this.#says(document, question, 'identity')) !== 'allow')
        return false;
    }
    if (question.policy !== undefined) {
      const says = await this.#says(question.policy, question, 'resource');
      if (says === 'deny') return false;
      allowed ||= says === 'allow';
    }
    return allowed;
  }

  /** Whether MediaConnect may assume a role for a flow of an account. */
  async mayAssume(
    { trust }: RoleShot,
    account: string,
    region: string,
    service = 'mediaconnect',
  ): Promise<boolean> {
    const context = {
      'aws:SourceAccount': account,
      'aws:SourceArn': `arn:aws:mediaconnect:${region}:${account}:flow:1-${'0'.padStart(16, 'A')}:flow-0`,
    };
    const resource = `arn:aws:iam::${ACCOUNT}:role/any`;
    const id = `${service} ${account} ${region}`;
    return (
      (await this.#says(
        trust,
        { action: 'sts:AssumeRole', resource, context, id },
        `${service}.amazonaws.com`,
      )) === 'allow'
    );
  }

  /** @param as how the document has its say: as a policy of the role, of the resource, or of a role that a service assumes */
  async #says(text: string, question: Probe, as: string): Promise<Say> {
    const { 'aws:SourceAccount': account = '', 'aws:SourceArn': arn = '' } = question.context;
    const resource = withoutSuffixes(question.resource);
    const key = `${as} ${question.action} ${resource} ${account} ${arn}`;
    let says: Say = 'nothing';
    for (const part of this.#partsOf(text)) {
      const said = part.said.get(key) ?? (await this.#ask(part.document, { ...question, resource }, as));
      part.said.set(key, said);
      if (said === 'deny') return said;
      if (said === 'allow') says = said;
    }
    return says;
  }

  #partsOf(text: string): Part[] {
    const known = this.#documents.get(text);
    if (known) return known;
    // Texts have random parts, and those of a story are seldom seen again.
    if (this.#documents.size > 2_000) this.#documents.clear();
    const { Statement, ...rest } = JSON.parse(text) as { Statement: Statement | Statement[] };
    const documents = [Statement].flat().flatMap(({ Resource, ...statement }) => {
      if (Resource === undefined) return [{ ...rest, Statement: [statement] }];
      return [Resource].flat().map((one) => ({
        ...rest,
        Statement: [{ ...statement, Resource: withoutSuffixes(one) }],
      }));
    });
    const parts = documents.map((document) => {
      const id = JSON.stringify(document);
      const part = this.#parts.get(id) ?? { document, said: new Map() };
      this.#parts.set(id, part);
      return part;
    });
    this.#documents.set(text, parts);
    return parts;
  }

  async #ask(document: object, { action, resource, context }: Probe, as: string): Promise<Say> {
    this.asked += 1;
    const service = as.endsWith('.amazonaws.com');
    const result = await runSimulation(
      {
        request: {
          principal: service ? as : `arn:aws:sts::${ACCOUNT}:assumed-role/any/session`,
          action,
          resource: { resource, accountId: resource.split(':')[4] || ACCOUNT },
          contextVariables: context as Record<string, string | string[]>,
        },
        identityPolicies: as === 'identity' ? [{ name: 'policy', policy: document }] : [],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        ...resourcePolicyFor(action, as, document),
      },
      {},
    );
    if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
    if (result.overallResult === 'Allowed') return 'allow';
    return result.overallResult === 'ExplicitlyDenied' ? 'deny' : 'nothing';
  }
}

/** A KMS key has the policy that AWS gives it by default, which leaves it to the policies of the account's roles. */
const KEY_POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
  ],
};

function resourcePolicyFor(action: string, as: string, document: object): { resourcePolicy?: object } {
  if (as !== 'identity') return { resourcePolicy: document };
  return action.startsWith('kms:') ? { resourcePolicy: KEY_POLICY } : {};
}

/** Takes the random end of a secret's ARN out, so that the same questions of two stories are known to be the same. */
function withoutSuffixes(resource: string): string {
  return resource.includes(':secret:') ? resource.replace(/-[A-Za-z0-9]{6}$/, '-AbCdEf') : resource;
}
