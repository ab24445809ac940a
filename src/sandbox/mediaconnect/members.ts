import { list, map, number, opaque, record, required, text } from '../shapes.ts';

/**
 * The inputs of MediaConnect operations, in lower camel case as on the wire. Source: the service's API model. Media streams, VPC
 * interfaces, bridges, NDI and the router are not here: nothing in them is encrypted with a static key.
 */
export const ZIXI: readonly string[] = ['zixi-push', 'zixi-pull'];
export const SRT: readonly string[] = ['srt-listener', 'srt-caller'];
const OTHERS = ['rtp-fec', 'rtp', 'rist', 'st2110-jpegxs', 'cdi', 'fujitsu-qos', 'udp', 'ndi-speed-hq'];

const protocol = text({ oneOf: [...ZIXI, ...SRT, ...OTHERS] });
const state = text({ oneOf: ['ENABLED', 'DISABLED'] });

export const flowArn = required(text({ pattern: /^arn:.+:mediaconnect.+:flow:.+$/ }));
export const sourceArn = required(text({ pattern: /^arn:.+:mediaconnect.+:source:.+$/ }));
export const outputArn = required(text({ pattern: /^arn:.+:mediaconnect.+:output:.+$/ }));
export const entitlementArn = text({ pattern: /^arn:.+:mediaconnect.+:entitlement:.+$/ });

const encryptionMembers = {
  algorithm: text({ oneOf: ['aes128', 'aes192', 'aes256'] }),
  constantInitializationVector: text(),
  deviceId: text(),
  keyType: text({ oneOf: ['static-key', 'speke', 'srt-password'] }),
  region: text(),
  resourceId: text(),
  roleArn: text(),
  secretArn: text(),
  url: text(),
};
/** Encryption as an update takes it: what it leaves out stays. */
const updatedEncryption = record(encryptionMembers);
const encryption = record({ ...encryptionMembers, roleArn: required(encryptionMembers.roleArn) });

/** The members of a source or an output that are told under `transport` afterwards. */
export const transportMembers = {
  protocol,
  cidrAllowList: list(text()),
  maxBitrate: number(),
  maxLatency: number(),
  maxSyncBuffer: number(),
  minLatency: number(),
  remoteId: text(),
  senderControlPort: number(),
  senderIpAddress: text(),
  smoothingLatency: number(),
  sourceListenerAddress: text(),
  sourceListenerPort: number(),
  streamId: text(),
};

const sourceSettings = {
  ...transportMembers,
  description: text(),
  entitlementArn,
  ingestPort: number(),
  vpcInterfaceName: text(),
  whitelistCidr: text(),
};
export const sourceMembers = { ...sourceSettings, name: text(), decryption: encryption };
export const sourceUpdate = { ...sourceSettings, decryption: updatedEncryption };

const outputSettings = {
  ...transportMembers,
  description: text(),
  destination: text(),
  outputStatus: state,
  port: number(),
};
export const outputMembers = {
  ...outputSettings,
  name: text(),
  encryption,
};
export const outputUpdate = { ...outputSettings, encryption: updatedEncryption };

export const entitlementMembers = {
  dataTransferSubscriberFeePercent: number({ min: 0, max: 100 }),
  description: text(),
  encryption,
  entitlementStatus: state,
  name: text(),
  subscribers: required(list(text({ pattern: /^\d{12}$/ }), { min: 1 })),
};
export const entitlementUpdate = {
  description: text(),
  encryption: updatedEncryption,
  entitlementStatus: state,
  subscribers: list(text({ pattern: /^\d{12}$/ }), { min: 1 }),
};

/** What the sandbox does nothing with is kept, and shown as it was given. */
export const flowMembers = {
  name: required(text({ min: 1 })),
  encodingConfig: opaque,
  flowSize: text({ oneOf: ['MEDIUM', 'LARGE', 'LARGE_4X'] }),
  flowTags: map(text()),
  maintenance: record({
    maintenanceDay: required(
      text({ oneOf: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] }),
    ),
    maintenanceStartHour: required(text()),
  }),
  mediaStreams: list(opaque),
  ndiConfig: opaque,
  sourceMonitoringConfig: opaque,
  vpcInterfaces: list(
    record({
      name: required(text()),
      networkInterfaceType: text({ oneOf: ['ena', 'efa'] }),
      roleArn: required(text()),
      securityGroupIds: required(list(text())),
      subnetId: required(text()),
    }),
  ),
  availabilityZone: text(),
  source: record(sourceMembers),
  sources: list(record(sourceMembers)),
  sourceFailoverConfig: record({
    failoverMode: text({ oneOf: ['MERGE', 'FAILOVER'] }),
    recoveryWindow: number(),
    sourcePriority: record({ primarySource: text() }),
    state,
  }),
  outputs: list(record(outputMembers)),
  entitlements: list(record(entitlementMembers)),
};
