/**
 * The AWS services that a policy can name as a principal, without `.amazonaws.com`. IAM refuses names that it does not know.
 * The list holds the usual ones; AWS publishes no complete one.
 */
export const servicePrincipals: ReadonlySet<string> = new Set(
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
  workmail workspaces workspaces-web xray`
    .trim()
    .split(/\s+/),
);
