import { comment } from './keys.ts';
import { scriptMessages as messages } from './messages.ts';

const { functions: about } = messages;

/** Functions of every script: exiting, calling AWS, and reading a resource that may not exist. */
export const BASICS = `${comment(about.stop)}
stop() {
  local code=$1 message=$2
  printf '%s\\n' "$message" >&2
  exit "$code"
}

${comment(about.call)}
call() {
  aws "$@" || call_failed "$@"
}
call_failed() {
  stop 1 "aws $1 $2 ${messages.failed}"
}

${comment(about.exists)}
exists() {
  local absent=$1
  shift
  if response=$(call "$@" --output text 2>"$error_file"); then return 0; fi
  if grep -qF "($absent)" "$error_file"; then return 1; fi
  cat "$error_file" >&2
  call_failed "$@"
}`;

export const READ_KEY = `${comment(about.readKey)}
read_key() {
  local variable=$1 file=$2
  if ! key=$(content_of "$file" 2>/dev/null && printf .); then stop 2 "$variable ${messages.unreadable}"; fi
  key=\${key%.}
  key=\${key%$'\\n'}
  key=\${key%$'\\r'}
}
content_of() {
  local file=$1
  if [ "$file" = - ]; then cat; else cat <"$file"; fi | LC_ALL=C tr '\\000' '\\001'
}`;

/** Checks a static key. */
export const DEMAND_DIGITS = `${comment(about.digits)}
demand_digits() {
  local source=$1 length
  shift
  case $key in
    '') stop 2 "$source: ${messages.noKey}" ;;
    *[!0123456789abcdefABCDEF]*) stop 2 "$source: ${messages.notHex}" ;;
  esac
  for length in "$@"; do
    if [ "\${#key}" -eq "$length" ]; then return 0; fi
  done
  stop 2 "$source: ${messages.hasDigits} \${#key} ${messages.wrongLength} $*"
}`;

export const DEMAND_PASSWORD = `${comment(about.password)}
demand_password() {
  local source=$1 LC_ALL=C
  case $key in
    '') stop 2 "$source: ${messages.noKey}" ;;
    *[![:print:]]* | ' '* | *' ' | '"'*'"' | "'"*"'" | '\`'*'\`' | '{'*'"'*'}' | '['*'"'*']')
      stop 2 "$source: ${messages.notPassword}" ;;
  esac
  if [ "\${#key}" -lt 10 ] || [ "\${#key}" -gt 80 ]; then stop 2 "$source: ${messages.notPassword}"; fi
}`;

export const GENERATE = `${comment(about.generate)}
generate_key() {
  local digits=$1
  key=$(head -c "$((digits / 2))" /dev/urandom | od -An -v -tx1 | tr -d ' \\n')
}`;

/** Finds a secret that may exist, and compares its KMS key. */
export const FIND_SECRET = `${comment(about.findSecret)}
find_secret() {
  local region=$1 id=$2 expected_kms=$3 kms deleted
  exists ResourceNotFoundException secretsmanager describe-secret --region "$region" --secret-id="$id" \\
    --query '[ARN, KmsKeyId, DeletedDate]' || return 1
  IFS=$'\\t' read -r arn kms deleted <<<"$response"
  if [ "$deleted" != None ]; then stop 3 "$id ($region) ${messages.deleted} --region $region --secret-id $id"; fi
  if ! is_kms_key "$(kms_name "$expected_kms")" "$(kms_name "$kms")"; then stop 3 "$id ($region) ${messages.otherKms}"; fi
}

${comment(about.kmsName)}
kms_name() {
  local key_id=$1 name=\${1##*:} key_account=$account
  case $name in '' | None | alias/aws/secretsmanager) return 0 ;; esac
  case $key_id in arn:*) key_account=$(printf %s "$key_id" | cut -d: -f5) ;; esac
  printf '%s:%s' "$key_account" "\${name#key/}"
}

${comment(about.isKmsKey)}
is_kms_key() {
  local expected=$1 actual=$2
  if [ "$expected" = "$actual" ]; then return 0; fi
  if [ "\${expected%%:*}" != "\${actual%%:*}" ]; then return 1; fi
  case $expected,$actual in
    *:alias/*,*:alias/*) return 1 ;;
    *:alias/*) return 0 ;;
    *) return 1 ;;
  esac
}`;

/** Checks whether an existing secret has the key, and creates a missing secret. */
export const STORE_SECRET = `${comment(about.readStoredValue)}
read_stored_value() {
  local region=$1 arn=$2
  stored_value=$(call secretsmanager get-secret-value --region "$region" --secret-id="$arn" \\
    --query SecretString --output json)
}

${comment(about.isStored)}
is_stored() {
  local type=$1 quoted
  quoted="\\"$(printf %s "$key" | sed 's/[\\\\"]/\\\\&/g')\\""
  if [ "$quoted" = "$stored_value" ]; then return 0; fi
  [ "$type" = static-key ] && [ "$(lower_case "$quoted")" = "$(lower_case "$stored_value")" ]
}
lower_case() {
  printf %s "$1" | tr ABCDEF abcdef
}

${comment(about.checkSecret)}
check_secret() {
  local type=$1 region=$2 name=$3 kms=$4
  if ! find_secret "$region" "$name" "$kms"; then
    arn=''
    return 0
  fi
  read_stored_value "$region" "$arn"
  if [ -z "$key" ]; then key=\${stored_value//\\"/}; fi
  if ! is_stored "$type"; then stop 3 "$name ($region) ${messages.otherValue}"; fi
}

${comment(about.createSecret)}
create_secret() {
  local region=$1 name=$2
  arn=$3
  shift 3
  if [ -n "$arn" ]; then
    printf '= secret %s (%s) ${messages.kept}\\n' "$name" "$region" >&2
    return 0
  fi
  arn=$(printf %s "$key" | call secretsmanager create-secret --region "$region" --name="$name" \\
    --secret-string file:///dev/stdin "$@" --query ARN --output text)
  printf '+ secret %s (%s) ${messages.created}\\n' "$name" "$region" >&2
}`;

/** Finds a secret that has to exist. */
export const USE_SECRET = `${comment(about.useSecret)}
use_secret() {
  local region=$1 id=$2 kms=$3
  if ! find_secret "$region" "$id" "$kms"; then stop 3 "$id ($region) ${messages.notFound}"; fi
  printf '= secret %s (%s) ${messages.kept}\\n' "$id" "$region" >&2
}`;

/** Checks policies and roles, creates those that are missing, and attaches the policies. */
export const POLICY_AND_ROLE = `${comment(about.normalized)}
normalized() {
  printf %s "$1" | tr -d ' \\t\\r\\n' | sed 's/\\[\\("[^"]*"\\)]/\\1/g'
}

${comment(about.foundNames)}
found_names=''
was_found() {
  case " $found_names " in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

${comment(about.checkPolicy)}
check_policy() {
  local name=$1 document=$2 arn="arn:\${partition}:iam::\${account}:policy/$1" found
  if ! exists NoSuchEntity iam get-policy --policy-arn "$arn" --query Policy.DefaultVersionId; then return 0; fi
  found=$(call iam get-policy-version --policy-arn "$arn" --version-id "$response" \\
    --query PolicyVersion.Document --output json)
  if [ "$(normalized "$found")" != "$(normalized "$("$document")")" ]; then stop 3 "$name ${messages.otherPolicy}"; fi
  found_names="$found_names policy/$name"
}

${comment(about.createPolicy)}
create_policy() {
  local name=$1 document=$2
  shift 2
  if was_found "policy/$name"; then
    printf '= policy %s ${messages.kept}\\n' "$name" >&2
    return 0
  fi
  "$document" | call iam create-policy --policy-name="$name" --policy-document file:///dev/stdin "$@" >/dev/null
  printf '+ policy %s ${messages.created}\\n' "$name" >&2
  ${comment(messages.waits)}
  call iam wait policy-exists --policy-arn "arn:\${partition}:iam::\${account}:policy/$name"
}

${comment(about.checkRole)}
check_role() {
  local name=$1 document=$2 boundary=$3 found
  if ! exists NoSuchEntity iam get-role --role-name="$name" \\
    --query Role.PermissionsBoundary.PermissionsBoundaryArn; then return 0; fi
  if [ -n "$boundary" ] && [ "$boundary" != "$response" ]; then stop 3 "$name ${messages.otherBoundary}"; fi
  found=$(call iam get-role --role-name="$name" --query Role.AssumeRolePolicyDocument --output json)
  if [ "$(normalized "$found")" != "$(normalized "$("$document")")" ]; then stop 3 "$name ${messages.otherTrust}"; fi
  found_names="$found_names role/$name"
}

${comment(about.createRole)}
create_role() {
  local name=$1 document=$2
  shift 2
  if was_found "role/$name"; then
    printf '= role %s ${messages.kept}\\n' "$name" >&2
    return 0
  fi
  "$document" | call iam create-role --role-name="$name" --path / \\
    --assume-role-policy-document file:///dev/stdin "$@" >/dev/null
  printf '+ role %s ${messages.created}\\n' "$name" >&2
  ${comment(messages.waits)}
  call iam wait role-exists --role-name="$name"
}

${comment(about.attach)}
attach() {
  local role=$1 policy=$2 arn="arn:\${partition}:iam::\${account}:policy/$2" found
  found=$(call iam list-attached-role-policies --role-name="$role" \\
    --query "AttachedPolicies[?PolicyArn=='$arn'].PolicyArn" --output text)
  if [ "$found" = "$arn" ]; then return 0; fi
  call iam attach-role-policy --role-name="$role" --policy-arn "$arn"
  printf '+ policy %s ${messages.attached} %s\\n' "$policy" "$role" >&2
}`;
