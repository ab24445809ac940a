#!/bin/sh
# The guide's three steps by hand with the AWS CLI. Prints what the test checks, one line a finding.
# $1: folder with trust.json; the endpoint and the credentials are in the environment.
set -eu
folder=$1

aws secretsmanager create-secret --name game --secret-string 0123456789abcdef0123456789abcdef \
  --tags Key=team,Value=video --query Name --output text > "$folder/secret" &
aws iam create-role --role-name MediaConnect-ASM --assume-role-policy-document "file://$folder/trust.json" \
  --query Role.Arn --output text > "$folder/role" &
wait
secret_arn=$(aws secretsmanager describe-secret --secret-id game --query ARN --output text)
cat > "$folder/policy.json" <<POLICY
{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "$secret_arn"}]
}
POLICY
policy_arn=$(aws iam create-policy --policy-name ReadGame --policy-document "file://$folder/policy.json" \
  --query Policy.Arn --output text)
aws iam update-role --role-name MediaConnect-ASM --max-session-duration 7200
aws iam attach-role-policy --role-name MediaConnect-ASM --policy-arn "$policy_arn"

echo "secret $(cat "$folder/secret") $secret_arn"
echo "role $(cat "$folder/role")"
echo "policy $policy_arn"
echo "value $(aws secretsmanager get-secret-value --secret-id "$secret_arn" --query SecretString --output text)"
echo "attached $(aws iam list-attached-role-policies --role-name MediaConnect-ASM \
  --query 'AttachedPolicies[].PolicyName' --output text)"
echo "policies $(aws iam list-policies --page-size 2 --query 'length(Policies)' --output json)"
echo "error $(aws iam get-role --role-name Nobody 2>&1 | grep -v '^$')"
echo "error $(aws secretsmanager create-secret --name game 2>&1 | grep -v '^$')"
