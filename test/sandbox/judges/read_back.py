"""Reads back, with boto3, what the three steps leave behind. Prints one JSON document for the test to check."""

import json

import os
import urllib.request
from urllib.error import HTTPError

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError

QUICK = Config(retries={"total_max_attempts": 1})
KEY = "0123456789abcdef0123456789abcdef"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": ["mediaconnect.amazonaws.com"]},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": ["111122223333"]}},
    },
}

iam = boto3.client("iam", config=QUICK)
secrets = boto3.client("secretsmanager", config=QUICK)
sts = boto3.client("sts", config=QUICK)
kms = boto3.client("kms", config=QUICK)
flows = boto3.client("mediaconnect", config=QUICK)


def error_of(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return {**error.response["Error"], "Status": error.response["ResponseMetadata"]["HTTPStatusCode"]}
    return None


def answer_to(service, body, target=None):
    """Signs any body and sends it: what no client library would let through."""
    url = os.environ["AWS_ENDPOINT_URL"] + "/"
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"} if target else {}
    request = AWSRequest("POST", url, data=body.encode(), headers=headers)
    SigV4Auth(boto3.Session().get_credentials(), service, "eu-west-1").add_auth(request)
    try:
        urllib.request.urlopen(urllib.request.Request(url, request.body, dict(request.headers)))
    except HTTPError as error:
        return f"{error.code} {error.read().decode()}"
    return "200"


secret = secrets.create_secret(Name="match", SecretString=KEY)
binary = secrets.create_secret(Name="match-binary", SecretBinary=b"\x00\x01\xff")
document = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret["ARN"]}],
}
policy = iam.create_policy(PolicyName="ReadMatch", PolicyDocument=json.dumps(document), Tags=[{"Key": "a", "Value": ""}])
policy_arn = policy["Policy"]["Arn"]
iam.create_role(RoleName="MatchMediaConnect", AssumeRolePolicyDocument=json.dumps(TRUST))
iam.attach_role_policy(RoleName="MatchMediaConnect", PolicyArn=policy_arn)
for number in range(7):
    iam.create_role(RoleName=f"Other{number}", AssumeRolePolicyDocument=json.dumps(TRUST))

encryption = {
    "KeyType": "static-key",
    "Algorithm": "aes128",
    "RoleArn": "arn:aws:iam::111122223333:role/MatchMediaConnect",
    "SecretArn": secret["ARN"],
}
source = {"Name": "camera", "Protocol": "zixi-push", "Decryption": encryption}
flow_arn = flows.create_flow(Name="cup final/1", Source=source)["Flow"]["FlowArn"]
flows.start_flow(FlowArn=flow_arn)
flow = flows.describe_flow(FlowArn=flow_arn)
output = flows.add_flow_outputs(FlowArn=flow_arn, Outputs=[{"Name": "studio", "Protocol": "rtp", "Port": 5000}])
flows.remove_flow_output(FlowArn=flow_arn, OutputArn=output["Outputs"][0]["OutputArn"])
outputs_without_members = [
    iam.update_role(RoleName="Other0", Description="Spare"),
    iam.tag_role(RoleName="Other0", Tags=[{"Key": "a", "Value": "b"}]),
    kms.enable_key(KeyId=kms.create_key()["KeyMetadata"]["KeyId"]),
    secrets.tag_resource(SecretId="match", Tags=[{"Key": "a", "Value": "b"}]),
]
key_id = kms.create_key(Description="Feeds")["KeyMetadata"]["KeyId"]
kms.disable_key(KeyId=key_id)

pages = iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 3})
described = secrets.describe_secret(SecretId="match")
version = iam.get_policy_version(PolicyArn=policy_arn, VersionId="v1")["PolicyVersion"]

print(
    json.dumps(
        {
            "statuses": [output["ResponseMetadata"]["HTTPStatusCode"] for output in outputs_without_members],
            "caller": sts.get_caller_identity()["Arn"],
            "value": secrets.get_secret_value(SecretId=secret["ARN"])["SecretString"],
            "binary": list(secrets.get_secret_value(SecretId="match-binary")["SecretBinary"]),
            "stages": list(described["VersionIdsToStages"].values()),
            "created": described["CreatedDate"].timestamp(),
            "documentIsEqual": version["Document"] == document,
            "trust": iam.get_role(RoleName="MatchMediaConnect")["Role"]["AssumeRolePolicyDocument"],
            "attached": iam.list_attached_role_policies(RoleName="MatchMediaConnect")["AttachedPolicies"],
            "attachmentCount": iam.get_policy(PolicyArn=policy_arn)["Policy"]["AttachmentCount"],
            "policyTags": iam.list_policy_tags(PolicyArn=policy_arn)["Tags"],
            "pageSizes": [len(page["Roles"]) for page in pages],
            "quota": iam.get_account_summary()["SummaryMap"]["AttachedPoliciesPerRoleQuota"],
            "flow": {**flow["Flow"], "messages": flow.get("Messages")},
            "flows": [
                [each["Name"] for each in page["Flows"]] for page in flows.get_paginator("list_flows").paginate(MaxResults=1)
            ],
            "key": kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"],
            "raw": [
                answer_to("iam", "Action=Frobnicate&Version=2010-05-08"),
                answer_to("iam", "Version=2010-05-08"),
                answer_to("iam", "Action=ListRoles&MaxItems=many"),
                answer_to("iam", "Action=TagRole&RoleName=Other1&Tags.member.1=flat"),
                answer_to("iam", "Action=TagRole&RoleName=Other1&Tags=flat&Tags.member.1.Key=a"),
                answer_to("iam", "Action=toString"),
                answer_to("secretsmanager", "{}", "secretsmanager.Frobnicate"),
                answer_to("secretsmanager", "{}", "secretsmanager.GetSecretValue"),
                answer_to("secretsmanager", "{", "secretsmanager.GetSecretValue"),
                answer_to("secretsmanager", "[]", "secretsmanager.GetSecretValue"),
                answer_to("secretsmanager", '{"SecretId": 5}', "secretsmanager.GetSecretValue"),
                answer_to("secretsmanager", '{"a":' * 100000 + "1" + "}" * 100000, "secretsmanager.GetSecretValue"),
                answer_to("sqs", "{}", "AmazonSQS.ListQueues"),
            ],
            "errors": [
                error_of(iam.get_policy, PolicyArn="arn:aws:iam::111122223333:policy/None"),
                error_of(iam.create_policy, PolicyName="Bad", PolicyDocument='{"Version": "2012-10-17",}'),
                error_of(secrets.get_secret_value, SecretId="none"),
                error_of(iam.list_users),
                error_of(flows.delete_flow, FlowArn=flow_arn),
                error_of(flows.describe_flow, FlowArn=flow_arn + "x"),
                error_of(flows.list_bridges),
                error_of(kms.describe_key, KeyId="alias/none"),
            ],
        }
    )
)
