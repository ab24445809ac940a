import { documentText, list, number, record, required, text } from '../shapes.ts';
import { tagKeyList, tagList } from '../tags.ts';

/** The inputs of STS operations. Source: the service's API model. */
const sessionPolicies = list(record({ arn: text({ min: 20, max: 2048 }) }), { max: 10 });

/** An ARN may lack its Region and its account. */
const ARN = /^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/;

export const mfa = {
  SerialNumber: text({ min: 9, max: 256, pattern: /^[\w+=/:,.@-]*$/ }),
  TokenCode: text({ min: 6, max: 6, pattern: /^[\d]*$/ }),
};

export const assumeRoleMembers = {
  ...mfa,
  RoleArn: required(text({ min: 20, max: 2048, pattern: ARN, invalid: (value) => `${value} is invalid` })),
  RoleSessionName: required(text({ min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ })),
  DurationSeconds: number({ min: 900, max: 43_200 }),
  Policy: text({ min: 1, max: 2048, pattern: documentText }),
  PolicyArns: sessionPolicies,
  Tags: tagList,
  TransitiveTagKeys: tagKeyList,
  ExternalId: text({ min: 2, max: 1224, pattern: /^[\w+=,.@:/-]*$/ }),
  SourceIdentity: text({ min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ }),
};

export const sessionTokenMembers = { ...mfa, DurationSeconds: number({ min: 900, max: 129_600 }) };
