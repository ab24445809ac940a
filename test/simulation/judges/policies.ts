import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT, KMS_ALIAS, KMS_ID, ORGANIZATION, OTHER_ACCOUNT, REGIONS } from '../stories/vocabulary.ts';
import type { RoleShot, SecretShot, Snapshot } from '../world/snapshot.ts';

/** A request that a principal may be allowed to make. */
export interface Probe {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | string[]>>;
  /** Identifies it, also in reports. */
  readonly id: string;
  /** The resource policy that applies. */
  readonly policy?: string | undefined;
}

/** The effect of one document on a probe. */
type Say = 'allow' | 'deny' | 'nothing';

interface Statement {
  readonly Resource?: string | string[];
}

/** A secret that does not exist: who can read it can read every secret. */
const NOBODYS = `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:zzz-nobodys-AbCdEf`;

/** Returns the probes of an account: reading each secret, changing one, decrypting with the KMS keys of the account. */
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

/** Returns the probe that reads a secret. */
export function readingOf({ arn, policy }: SecretShot): Probe {
  return { ...probe('secretsmanager:GetSecretValue', arn), policy };
}

/** Returns the probe that decrypts with a KMS key through Secrets Manager. */
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

/** A statement with one resource. The effect of a document is the combined effect of its parts. */
interface Part {
  readonly document: object;
  /** By the kind of policy and the request. */
  readonly said: Map<string, Say>;
}

/**
 * Evaluates access. `@cloud-copilot/iam-simulate` evaluates each statement for each of its resources, the results are cached,
 * and they are combined by the rule of AWS: at least one allows, and none denies.
 */
export class AccessJudge {
  /** The parts of each document, by its text. */
  readonly #documents = new Map<string, Part[]>();
  /** Parts, by their text. */
  readonly #parts = new Map<string, Part>();
  /** The number of evaluations that were not cached. */
  asked = 0;

  /** Returns true if a role can make a request, whoever has assumed it. */
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

  /** Returns true if MediaConnect can assume a role for a flow of an account. */
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

  /** @param as how the document applies: as a policy of the role, of the resource, or as a trust policy for a service */
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
    // Texts have random parts, so those of one story are seldom used by another.
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

/** The default key policy of AWS, which leaves access to the policies of the roles in the account. */
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

/** Replaces the random suffix of a secret's ARN, so that the same request of two stories is evaluated once. */
function withoutSuffixes(resource: string): string {
  return resource.includes(':secret:') ? resource.replace(/-[A-Za-z0-9]{6}$/, '-AbCdEf') : resource;
}
