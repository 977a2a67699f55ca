#!/bin/sh
# A first signed call with curl and openssl: level A1, HMAC with App_Secret, the answer verified.
# It knows docs/wire.md and nothing of the sandbox's code.
#
#   bank-sandbox app register reader --suite intl --json > reader.json
#   sh first_call.sh reader.json
#
# A second argument "gm" goes with an application of that suite: HMAC-SM3 instead of HMAC-SHA256.
# openssl takes the secret on its command line, where other users of the machine may see it: for trying out only.
set -eu

credentials=${1:?usage: sh first_call.sh CREDENTIALS.json [intl|gm]}
case ${2:-intl} in
  gm) hash=sm3 digest=sm3 ;;
  *) hash=sha256 digest=sha-256 ;;
esac

# Reads one text member of the credentials, which stand on one line.
member() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" "$credentials"; }
app_id=$(member app_id) app_secret=$(member app_secret) gateway=$(member gateway_url) ca=$(member ca_certificate)

# Whoever cannot verify a refusal may still read it, as a hint at what is wrong on this side.
fail() {
  [ "$status" = 200 ] && echo "$1" >&2 || echo "$1: $status $(cat "$work/body")" >&2
  exit 1
}
# The text of App_Secret is the key; it is not decoded.
mac() { openssl dgst "-$hash" -hmac "$app_secret" -binary | openssl base64 -A; }

# The request. RFC 9421 section 2.5: a line for each component, closed by the parameters; no line break at the end.
path=/api/products query='?category=wealth'
covered='"@method" "@authority" "@path" "@query" "x-api-version"'
params="($covered);created=$(date +%s);nonce=\"$(openssl rand -hex 16)\";keyid=\"$app_id.secret\""
signature=$(printf '%s\n' \
  '"@method": GET' \
  "\"@authority\": ${gateway#https://}" \
  "\"@path\": $path" \
  "\"@query\": $query" \
  '"x-api-version": 1' \
  | { cat; printf '"@signature-params": %s' "$params"; } | mac)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=$(curl --silent --show-error --cacert "$ca" --dump-header "$work/head" --output "$work/body" \
  --write-out '%{http_code}' \
  --header 'X-API-Version: 1' \
  --header "Signature-Input: sig1=$params" \
  --header "Signature: sig1=:$signature:" \
  "$gateway$path$query")

# The answer: covers status, body and our signature; made with App_Secret; over this very body.
header() { tr -d '\r' <"$work/head" | sed -n "s/^$1: //p"; }
answer_params=$(header signature-input | sed 's/^[^=]*=//')
[ -n "$answer_params" ] || fail "the answer is not signed"
case $answer_params in
  '("@status" "content-digest" "signature";req;key="sig1");created='*";keyid=\"$app_id.secret\"") ;;
  *) fail "the answer covers something else, or names another key: $answer_params" ;;
esac
created=$(printf %s "$answer_params" | sed 's/.*;created=\([0-9]*\);.*/\1/')
age=$(($(date +%s) - created))
[ "${age#-}" -le 300 ] || fail "the answer was signed $age s ago; was the sandbox's clock moved?"
expected=$(printf '%s\n' \
  "\"@status\": $status" \
  "\"content-digest\": $(header content-digest)" \
  "\"signature\";req;key=\"sig1\": :$signature:" \
  | { cat; printf '"@signature-params": %s' "$answer_params"; } | mac)
[ "$(header signature)" = "sig1=:$expected:" ] || fail "the answer's signature does not hold"
body_digest=$(openssl dgst "-$hash" -binary "$work/body" | openssl base64 -A)
[ "$(header content-digest)" = "$digest=:$body_digest:" ] || fail "the body is not the one that was signed"

[ "$status" = 200 ] || fail "the bank refuses"
echo "A1 by HMAC: $(cat "$work/body")"
