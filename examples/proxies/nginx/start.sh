#!/bin/sh
# Renders the configuration and becomes nginx. The README describes the variables.
set -eu

: "${RESOLVERS:=$(awk '$1 == "nameserver" { print $2 ~ /:/ ? "[" $2 "]" : $2 }' /etc/resolv.conf | xargs)}"
: "${BROKER_CA_FILE:=/etc/ssl/certs/ca-certificates.crt}"
CONFIG_DIR=$(cd "$(dirname "$0")" && pwd)
export RESOLVERS BROKER_CA_FILE CONFIG_DIR

envsubst '$BROKER_URL $BROKER_CA_FILE $TRACKMAGE_URL $CLIENT_ID $CONFIG_DIR $CACHE_DIR $LISTEN $RESOLVERS' \
  < "$CONFIG_DIR/nginx.conf.template" > "$CACHE_DIR/nginx.conf"
exec nginx -e stderr -c "$CACHE_DIR/nginx.conf" -g "daemon off; ${NGINX_USER:+user $NGINX_USER;}"
