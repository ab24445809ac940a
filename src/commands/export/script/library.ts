import { comment } from './keys.ts';
import { scriptMessages as messages } from './messages.ts';

const { functions: about } = messages;

/** Functions of every script: exiting, and reading a resource that may not exist. */
export const ASKING = `${comment(about.stop)}
stop() {
  printf '%s\\n' "$2" >&2
  exit "$1"
}

${comment(about.call)}
call() {
  aws "$@" || failed "$@"
}
failed() {
  stop 1 "aws $1 $2 ${messages.failed}"
}

${comment(about.exists)}
exists() {
  local absent=$1
  shift
  if answer=$(call "$@" --output text 2>"$said"); then return 0; fi
  if grep -qF "($absent)" "$said"; then return 1; fi
  cat "$said" >&2
  failed "$@"
}`;

export const READ_KEY = `${comment(about.readKey)}
read_key() {
  if ! key=$(content_of "$2" 2>/dev/null && printf .); then stop 2 "$1 ${messages.unreadable}"; fi
  key=\${key%.}
  key=\${key%$'\\n'}
  key=\${key%$'\\r'}
}
content_of() {
  if [ "$1" = - ]; then cat; else cat <"$1"; fi | LC_ALL=C tr '\\000' '\\001'
}`;

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
  local LC_ALL=C
  case $key in
    '') stop 2 "$1: ${messages.noKey}" ;;
    *[![:print:]]* | ' '* | *' ' | '"'*'"' | "'"*"'" | '\`'*'\`' | '{'*'"'*'}' | '['*'"'*']')
      stop 2 "$1: ${messages.notPassword}" ;;
  esac
  if [ "\${#key}" -lt 10 ] || [ "\${#key}" -gt 80 ]; then stop 2 "$1: ${messages.notPassword}"; fi
}`;

export const GENERATE = `${comment(about.generate)}
generate_key() {
  key=$(head -c "$(($1 / 2))" /dev/urandom | od -An -v -tx1 | tr -d ' \\n')
}`;

export const FIND_SECRET = `${comment(about.find)}
find_secret() {
  local kms deleted
  exists ResourceNotFoundException secretsmanager describe-secret --region "$1" --secret-id="$2" \\
    --query '[ARN, KmsKeyId, DeletedDate]' || return 1
  IFS=$'\\t' read -r arn kms deleted <<<"$answer"
  if [ "$deleted" != None ]; then stop 3 "$2 ($1) ${messages.deleted} --region $1 --secret-id $2"; fi
  if ! is_kms_key "$(kms_name "$3")" "$(kms_name "$kms")"; then stop 3 "$2 ($1) ${messages.otherKms}"; fi
}

${comment(about.kmsName)}
kms_name() {
  local name=\${1##*:} owner=$account
  case $name in '' | None | alias/aws/secretsmanager) return 0 ;; esac
  case $1 in arn:*) owner=$(printf %s "$1" | cut -d: -f5) ;; esac
  printf '%s:%s' "$owner" "\${name#key/}"
}

${comment(about.kms)}
is_kms_key() {
  if [ "$1" = "$2" ]; then return 0; fi
  if [ "\${1%%:*}" != "\${2%%:*}" ]; then return 1; fi
  case $1,$2 in
    *:alias/*,*:alias/*) return 1 ;;
    *:alias/*) return 0 ;;
    *) return 1 ;;
  esac
}`;

export const STORE_SECRET = `${comment(about.held)}
read_held() {
  held=$(call secretsmanager get-secret-value --region "$1" --secret-id="$2" \\
    --query SecretString --output json)
}

${comment(about.same)}
is_held() {
  local quoted
  quoted="\\"$(printf %s "$key" | sed 's/[\\\\"]/\\\\&/g')\\""
  if [ "$quoted" = "$held" ]; then return 0; fi
  [ "$1" = static-key ] && [ "$(lower_case "$quoted")" = "$(lower_case "$held")" ]
}
lower_case() {
  printf %s "$1" | tr ABCDEF abcdef
}

${comment(about.checkSecret)}
check_secret() {
  if ! find_secret "$2" "$3" "$4"; then
    arn=''
    return 0
  fi
  read_held "$2" "$arn"
  if [ -z "$key" ]; then key=\${held//\\"/}; fi
  if ! is_held "$1"; then stop 3 "$3 ($2) ${messages.otherValue}"; fi
}

${comment(about.makeSecret)}
make_secret() {
  local region=$1 name=$2
  arn=$3
  shift 3
  if [ -n "$arn" ]; then
    printf '= secret %s (%s) ${messages.kept}\\n' "$name" "$region" >&2
    return 0
  fi
  arn=$(printf %s "$key" | call secretsmanager create-secret --region "$region" --name="$name" \\
    --secret-string file:///dev/stdin "$@" --query ARN --output text)
  printf '+ secret %s (%s) ${messages.made}\\n' "$name" "$region" >&2
}`;

export const USE_SECRET = `${comment(about.use)}
use_secret() {
  if ! find_secret "$1" "$2" "$3"; then stop 3 "$2 ($1) ${messages.notThere}"; fi
  printf '= secret %s (%s) ${messages.kept}\\n' "$2" "$1" >&2
}`;

export const POLICY_AND_ROLE = `${comment(about.squeeze)}
squeezed() {
  printf %s "$1" | tr -d ' \\t\\r\\n' | sed 's/\\[\\("[^"]*"\\)]/\\1/g'
}

${comment(about.there)}
there=''
is_there() {
  case " $there " in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

${comment(about.checkPolicy)}
check_policy() {
  local name=$1 arn="arn:\${partition}:iam::\${account}:policy/$1" found
  if ! exists NoSuchEntity iam get-policy --policy-arn "$arn" --query Policy.DefaultVersionId; then return 0; fi
  found=$(call iam get-policy-version --policy-arn "$arn" --version-id "$answer" \\
    --query PolicyVersion.Document --output json)
  if [ "$(squeezed "$found")" != "$(squeezed "$("$2")")" ]; then stop 3 "$name ${messages.otherPolicy}"; fi
  there="$there policy/$name"
}

${comment(about.makePolicy)}
make_policy() {
  local name=$1 document=$2
  shift 2
  if is_there "policy/$name"; then
    printf '= policy %s ${messages.kept}\\n' "$name" >&2
    return 0
  fi
  "$document" | call iam create-policy --policy-name="$name" --policy-document file:///dev/stdin "$@" >/dev/null
  printf '+ policy %s ${messages.made}\\n' "$name" >&2
  ${comment(messages.waits)}
  call iam wait policy-exists --policy-arn "arn:\${partition}:iam::\${account}:policy/$name"
}

${comment(about.checkRole)}
check_role() {
  local name=$1 boundary=$3 found
  if ! exists NoSuchEntity iam get-role --role-name="$name" \\
    --query Role.PermissionsBoundary.PermissionsBoundaryArn; then return 0; fi
  if [ -n "$boundary" ] && [ "$boundary" != "$answer" ]; then stop 3 "$name ${messages.otherBoundary}"; fi
  found=$(call iam get-role --role-name="$name" --query Role.AssumeRolePolicyDocument --output json)
  if [ "$(squeezed "$found")" != "$(squeezed "$("$2")")" ]; then stop 3 "$name ${messages.otherTrust}"; fi
  there="$there role/$name"
}

${comment(about.makeRole)}
make_role() {
  local name=$1 document=$2
  shift 2
  if is_there "role/$name"; then
    printf '= role %s ${messages.kept}\\n' "$name" >&2
    return 0
  fi
  "$document" | call iam create-role --role-name="$name" --path / \\
    --assume-role-policy-document file:///dev/stdin "$@" >/dev/null
  printf '+ role %s ${messages.made}\\n' "$name" >&2
  ${comment(messages.waits)}
  call iam wait role-exists --role-name="$name"
}

${comment(about.attach)}
attach() {
  local arn="arn:\${partition}:iam::\${account}:policy/$2" found
  found=$(call iam list-attached-role-policies --role-name="$1" \\
    --query "AttachedPolicies[?PolicyArn=='$arn'].PolicyArn" --output text)
  if [ "$found" = "$arn" ]; then return 0; fi
  call iam attach-role-policy --role-name="$1" --policy-arn "$arn"
  printf '+ policy %s ${messages.attached} %s\\n' "$2" "$1" >&2
}`;
