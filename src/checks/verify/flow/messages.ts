/** Messages of `verify` about encryption between flows, routers and MediaLive, and about routers. */
export const routerMessages = {
  part: (kind: string, name: string, protocol: string | undefined) =>
    `${kind} ${name}${protocol === undefined ? '' : ` (${protocol})`}`,
  kind: (kind: 'routerInput' | 'routerOutput') => (kind === 'routerInput' ? 'router input' : 'router output'),
  message: (text: string) => `MediaConnect reports: ${text}`,
  none: (kind: 'routerInput' | 'routerOutput') => `there is no such ${routerMessages.kind(kind)}`,
  transit: (what: string) => `${what}: transit encryption with a secret`,
  automatic: (what: string) => `${what}: automatic transit encryption, which needs no key`,
  otherKeyType: (what: string, keyType: string) => `${what}: transit encryption ${keyType}`,
  disabled: (what: string) =>
    `${what}: the integration with routers is disabled; its transit settings don't count`,
  srt: (what: string) => `${what}: SRT password`,
  openRouter: (what: string) => `${what}: not encrypted with a key`,
  noSecret: 'names no secret by its full ARN',
  secretElsewhere: (there: string, region: string) =>
    `names a secret in ${there}; MediaConnect reads it in ${region}`,
  noRole: 'names no role',
  rolePath: (path: string) => `names a role with the path ${path}, which MediaConnect refuses here`,

  noOtherEnd: (what: string, arn: string) => `${what} is connected to ${arn}, which does not exist`,
  noPart: (what: string, arn: string) => `${what} is connected to ${arn}, which the flow does not have`,
  foreignEnd: (arn: string) => `${arn} belongs to another account`,
  endDisabled: (what: string, arn: string) =>
    `${what} is connected to ${arn}, whose integration with routers is disabled`,
  noSetting: (what: string, arn: string) =>
    `${what} is connected to ${arn}, which has no transit encryption for it`,
  differ: (what: string, keyType: string, arn: string, other: string) =>
    `${what} has the key type ${keyType}, and its other end ${arn} has ${other}`,
  matches: (what: string, arn: string) => `${what} matches its other end ${arn}`,
  otherKey: (what: string, arn: string) => `${what} and its other end ${arn} have different keys`,
  keyUnknown: (what: string, arn: string) => `whether ${what} has the same key as its other end ${arn}`,
} as const;
