#!/bin/sh
# Uses TrackMage with tokens of the token broker. It never prints a token, and never passes one as a command argument, which other processes
# could see.
set -eu

# Sends a request to the broker as this service account. It reads the token file each time, because Kubernetes replaces it.
broker() {
  printf 'Authorization: Bearer %s' "$(cat "$CALLER_TOKEN_FILE")" |
    curl -sS --max-time 15 ${BROKER_CA_FILE:+--cacert "$BROKER_CA_FILE"} -H @- "$@"
}

# Writes a valid token to /tmp/token and its id to /tmp/id. Caching is unnecessary, because the broker has the token in memory.
fetch_token() {
  status=$(broker -H 'Accept: text/plain' -D "$tmp/head" -o "$tmp/token" -w '%{http_code}' "$BROKER/tokens/$CLIENT") || status=000
  [ "$status" = 200 ] || return 1
  sed -n 's/^[Tt]oken-[Ii]d: *\([A-Za-z0-9_-]*\).*/\1/p' "$tmp/head" > "$tmp/id"
}

# Reports that TrackMage rejected the token. The broker then replaces it for all callers.
report_dead_token() {
  broker -H 'Content-Type: application/json' -d "{\"token_id\":\"$(cat "$tmp/id")\"}" -o "$tmp/answer" "$BROKER/tokens/$CLIENT/invalidate" || true
}

use_trackmage() {
  printf 'Authorization: Bearer %s' "$(cat "$tmp/token")" |
    curl -sS --max-time 15 -H @- -o "$tmp/answer" -w '%{http_code}' "$TRACKMAGE/workspaces?itemsPerPage=1" || true
}

tmp=${TMPDIR:-/tmp}
umask 077
while true; do
  if fetch_token; then
    answer=$(use_trackmage)
    echo "token $(cat "$tmp/id"): TrackMage answers $answer"
    [ "$answer" != 401 ] || report_dead_token
  else
    echo "no token: the broker answers $status"
  fi
  sleep "${PAUSE:-30}"
done
