import { list, map, number, opaque, record, required, text } from '../shapes.ts';

/**
 * The input members of MediaConnect operations, in lower camel case as on the wire. Source: the service's API model. Operations
 * on media streams, VPC interfaces, bridges and NDI are not included: nothing in them is encrypted with a static key.
 */

export const ZIXI_PROTOCOLS: readonly string[] = ['zixi-push', 'zixi-pull'];
export const SRT_PROTOCOLS: readonly string[] = ['srt-listener', 'srt-caller'];
const OTHERS = ['rtp-fec', 'rtp', 'rist', 'st2110-jpegxs', 'cdi', 'fujitsu-qos', 'udp', 'ndi-speed-hq'];

const protocol = text({ oneOf: [...ZIXI_PROTOCOLS, ...SRT_PROTOCOLS, ...OTHERS] });
const state = text({ oneOf: ['ENABLED', 'DISABLED'] });

const optionalFlowArn = text({ pattern: /^arn:.+:mediaconnect.+:flow:.+$/ });
const optionalSourceArn = text({ pattern: /^arn:.+:mediaconnect.+:source:.+$/ });
const optionalOutputArn = text({ pattern: /^arn:.+:mediaconnect.+:output:.+$/ });
const optionalEntitlementArn = text({ pattern: /^arn:.+:mediaconnect.+:entitlement:.+$/ });
export const flowArn = required(optionalFlowArn);
export const sourceArn = required(optionalSourceArn);
export const outputArn = required(optionalOutputArn);
export const entitlementArn = required(optionalEntitlementArn);

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
/** Encryption in an update. Members that the request omits keep their values. */
const updatedEncryption = record(encryptionMembers);
const encryption = record({ ...encryptionMembers, roleArn: required(encryptionMembers.roleArn) });

const secretKey = record({ secretArn: required(text()), roleArn: required(text()) });
const transit = record({
  encryptionKeyType: text({ oneOf: ['SECRETS_MANAGER', 'AUTOMATIC'] }),
  encryptionKeyConfiguration: required(record({ secretsManager: secretKey, automatic: record({}) })),
});

/** The members of a source or an output that the API returns under `transport`. */
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
  entitlementArn: optionalEntitlementArn,
  ingestPort: number(),
  routerIntegrationState: state,
  routerIntegrationTransitDecryption: transit,
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
  routerIntegrationState: state,
  routerIntegrationTransitEncryption: transit,
};
export const outputMembers = { ...outputSettings, name: text(), encryption };
export const outputUpdate = { ...outputSettings, encryption: updatedEncryption };

const subscribers = list(text({ pattern: /^\d{12}$/ }), { min: 1 });
export const entitlementMembers = {
  dataTransferSubscriberFeePercent: number({ min: 0, max: 100 }),
  description: text(),
  encryption,
  entitlementStatus: state,
  name: text(),
  subscribers: required(subscribers),
};
export const entitlementUpdate = {
  description: text(),
  encryption: updatedEncryption,
  entitlementStatus: state,
  subscribers,
};

/** Source: CreateFlow in the API reference. Members that the sandbox does not use are stored, and returned unchanged. */
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

/** Source: `SrtListenerRouterInputConfiguration` and similar types in the API reference. `encryptionKey` has no key type. */
const srtEncryption = record({ encryptionKey: required(secretKey) });
const srtMembers = {
  decryptionConfiguration: srtEncryption,
  encryptionConfiguration: srtEncryption,
  destinationAddress: text(),
  destinationPort: number(),
  minimumLatencyMilliseconds: number(),
  port: number(),
  sourceAddress: text(),
  sourcePort: number(),
  streamId: text(),
};
const ristAndRtpMembers = {
  port: number(),
  destinationAddress: text(),
  destinationPort: number(),
  recoveryLatencyMilliseconds: number(),
  forwardErrorCorrection: state,
};
const protocolConfiguration = record({
  rist: record(ristAndRtpMembers),
  rtp: record(ristAndRtpMembers),
  srtCaller: record(srtMembers),
  srtListener: record(srtMembers),
});
const routerProtocolName = text({ oneOf: ['RTP', 'RIST', 'SRT_CALLER', 'SRT_LISTENER'] });
const networkInterfaceArn = required(text());
const standard = record({
  networkInterfaceArn,
  protocol: routerProtocolName,
  protocolConfiguration: required(protocolConfiguration),
});
const protocolConfigurations = required(list(protocolConfiguration, { min: 1 }));
const mediaLivePipelineId = text({ oneOf: ['PIPELINE_0', 'PIPELINE_1'] });

export const routerArn = required(
  text({ pattern: /^arn:.+:mediaconnect.+:router(Input|Output):[a-z0-9]{12}$/ }),
);
const routerMembers = {
  name: required(text({ min: 1, max: 128 })),
  availabilityZone: text(),
  clientToken: text(),
  maximumBitrate: required(number()),
  regionName: text(),
  routingScope: required(text({ oneOf: ['REGIONAL', 'GLOBAL'] })),
  tier: required(text()),
};

/** Source: `CreateRouterInput` in the API reference. */
export const routerInputMembers = {
  ...routerMembers,
  transitEncryption: transit,
  configuration: required(
    record({
      standard,
      failover: record({
        networkInterfaceArn,
        primarySourceIndex: number({ min: 0, max: 1 }),
        protocolConfigurations,
        sourcePriorityMode: text({ oneOf: ['NO_PRIORITY', 'PRIMARY_SECONDARY'] }),
      }),
      merge: record({
        mergeRecoveryWindowMilliseconds: number(),
        networkInterfaceArn,
        protocolConfigurations,
      }),
      mediaConnectFlow: record({
        flowArn: optionalFlowArn,
        flowOutputArn: optionalOutputArn,
        sourceTransitDecryption: required(transit),
      }),
      mediaLiveChannel: record({
        mediaLiveChannelArn: text(),
        mediaLiveChannelOutputName: text(),
        mediaLivePipelineId,
        sourceTransitDecryption: required(transit),
      }),
    }),
  ),
};

/** Source: `CreateRouterOutput` in the API reference. */
export const routerOutputMembers = {
  ...routerMembers,
  configuration: required(
    record({
      standard,
      mediaConnectFlow: record({
        destinationTransitEncryption: required(transit),
        flowArn: optionalFlowArn,
        flowSourceArn: optionalSourceArn,
      }),
      mediaLiveInput: record({
        destinationTransitEncryption: required(transit),
        mediaLiveInputArn: text(),
        mediaLivePipelineId,
      }),
    }),
  ),
};
