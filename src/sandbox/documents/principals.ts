import { type AccountScope, SYNTAX_PROBLEM } from './elements.ts';
import { isObject, PolicyProblem, stringsOf } from './json.ts';

/** Returns true if a user or role of this account exists. */
export type PrincipalExists = (arn: string) => boolean;

/** This message of IAM exposes one of its internal classes. */
const NO_PRINCIPALS =
  'Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: The passed in policy has a statement with no principals!';

/** The identity providers that a policy names without an ARN. */
const WEB_IDENTITIES = new Set(
  'accounts.google.com cognito-identity.amazonaws.com graph.facebook.com www.amazon.com'.split(' '),
);

/**
 * Checks a Principal element.
 * Source: "AWS JSON policy elements: Principal" in the IAM user guide.
 * @throws PolicyProblem
 */
export function checkPrincipal(principal: unknown, scope: AccountScope, exists: PrincipalExists): void {
  if (principal === '*') return;
  if (!isObject(principal)) {
    const isText = typeof principal === 'string';
    throw new PolicyProblem(isText ? `Invalid principal in policy: "${principal}"` : SYNTAX_PROBLEM);
  }
  if (Object.values(principal).flat().length === 0) throw new PolicyProblem(NO_PRINCIPALS);
  for (const [kind, value] of Object.entries(principal)) {
    const names = stringsOf(value);
    if (!names) throw new PolicyProblem(SYNTAX_PROBLEM);
    for (const name of names) {
      if (!isPrincipal(kind, name, scope, exists)) {
        throw new PolicyProblem(`Invalid principal in policy: "${kind.toUpperCase()}":"${name}"`);
      }
    }
  }
}

function isPrincipal(kind: string, name: string, scope: AccountScope, exists: PrincipalExists): boolean {
  switch (kind) {
    case 'AWS':
      return isAwsPrincipal(name, scope, exists);
    case 'Service':
      return isServicePrincipal(name);
    case 'Federated':
      return WEB_IDENTITIES.has(name) || /^arn:[^:]+:iam::\d{12}:(oidc|saml)-provider\/.+$/.test(name);
    case 'CanonicalUser':
      return /^[0-9a-f]{64}$/.test(name);
    default:
      return false;
  }
}

const PRINCIPAL_ARN =
  /^arn:([^:]+):(iam|sts)::(\d{12}):(root|(?:user|role|assumed-role|federated-user)\/[^*]+)$/;

function isAwsPrincipal(name: string, scope: AccountScope, exists: PrincipalExists): boolean {
  // An account ID, or the unique ID of a user (`AIDA…`) or role (`AROA…`).
  if (name === '*' || /^\d{12}$/.test(name) || /^A(?:IDA|ROA)[A-Z0-9]{12,28}$/.test(name)) return true;
  const [, partition, service, accountId, resource = ''] = PRINCIPAL_ARN.exec(name) ?? [];
  const isSession = /^(assumed-role|federated-user)\//.test(resource);
  if (partition !== scope.partition || service !== (isSession ? 'sts' : 'iam')) return false;
  // Only AWS can check whether a principal of another account exists.
  const isOwnEntity = accountId === scope.accountId && /^(user|role)\//.test(resource);
  return !isOwnEntity || exists(name);
}

function isServicePrincipal(name: string): boolean {
  const [, service = ''] = /^([a-z0-9.-]+?)\.amazonaws\.com(?:\.cn)?$/.exec(name) ?? [];
  const labels = service.split('.');
  // Some services have a separate principal in each Region: logs.eu-west-1.amazonaws.com.
  const withoutRegion = labels.filter((label) => !/^[a-z]{2}(-[a-z]+)+-\d$/.test(label)).join('.');
  return SERVICE_PRINCIPALS.has(withoutRegion);
}

/**
 * The AWS services that a policy can name as a principal, without `.amazonaws.com`. IAM rejects unknown names. The list has the
 * usual ones; AWS publishes no complete list.
 */
const SERVICE_PRINCIPALS: ReadonlySet<string> = new Set(
  `access-analyzer acm acm-pca airflow airflow-env amplify apigateway appconfig appflow application-autoscaling
  application-insights appmesh apprunner appstream appsync athena auditmanager autoscaling autoscaling-plans
  backup batch bedrock bedrock-agentcore braket build.apprunner budgets ce chatbot cloud9 cloudformation cloudfront
  cloudhsm cloudtrail cloudwatch codebuild codecommit codedeploy codepipeline codestar codestar-notifications
  cognito-identity cognito-idp cognito-sync comprehend config config-multiaccountsetup connect controltower databrew
  datapipeline datasync dax delivery.logs deadline detective devops-guru directconnect dlm dms dynamodb
  dynamodb.application-autoscaling ec2 ec2.application-autoscaling ec2fleet ec2scheduled ecr ecs ecs-tasks
  ecs.application-autoscaling edgelambda eks eks-fargate eks-fargate-pods eks-nodegroup elasticache elasticbeanstalk
  elasticfilesystem elasticloadbalancing elasticmapreduce elastictranscoder email.cognito-idp emr-serverless es
  events export.rds firehose fis fms forecast freertos fsx gamelift glacier globalaccelerator glue grafana
  greengrass guardduty health iam imagebuilder inspector inspector2 internetmonitor iot iotanalytics iotevents
  iotsitewise ivs kafka kafkaconnect kendra kinesis kinesisanalytics kinesisvideo kms lakeformation lambda
  lex lexv2 license-manager lightsail location logger.cloudfront logs machinelearning macie macie2
  managedblockchain mediaconnect mediaconvert medialive mediapackage mediapackagev2 mediastore mediatailor
  memorydb mgn migrationhub mobileanalytics monitoring monitoring.rds mq neptune network-firewall networkmanager
  ops.apigateway omics opensearchservice opsworks opsworks-cm organizations osis outposts personalize
  pinpoint pipes polly qbusiness qldb quicksight ram rds rds-export redshift redshift-serverless rekognition
  replication.dynamodb replicator.lambda resource-explorer-2 robomaker rolesanywhere route53 route53resolver s3
  s3-outposts sagemaker scheduler schemas scheduler.redshift secretsmanager securityhub securitylake
  serverlessrepo servicecatalog servicediscovery servicequotas ses shield signer signin sms sms-voice
  sns spot spotfleet sqs ssm ssm-incidents ssm-sap sso states storagegateway streams.metrics sts support
  swf synthetics tagpolicies.tag timestream transcribe transfer translate trustedadvisor verifiedpermissions
  verified-access vmie vpc-flow-logs vpc-lattice waf waf-regional wafv2 wellarchitected workdocs worklink
  workmail workspaces workspaces-web xray`.split(/\s+/),
);
