#!/bin/sh
# What the entrypoint of Docker's PostgreSQL image does, as far as deploy/compose relies on it: a cluster in an empty volume,
# the scripts of /docker-entrypoint-initdb.d, once, then the server.
set -eu
[ "$1" = postgres ] || exec "$@"
data=/var/lib/postgresql/data
export PGDATA=$data/pgdata POSTGRES_USER=postgres
as() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
mkdir -p /run/postgresql "$data"
chown postgres:postgres /run/postgresql "$data"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  printf %s "$POSTGRES_PASSWORD" >/tmp/password
  chown postgres /tmp/password
  as initdb --username=postgres --pwfile=/tmp/password --encoding=UTF8 --auth-host=scram-sha-256 >/dev/null
  rm /tmp/password
  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
  as pg_ctl --wait --options="-c listen_addresses=''" start >/dev/null
  for script in /docker-entrypoint-initdb.d/*.sh; do as "$script"; done
  as pg_ctl --wait --mode=fast stop >/dev/null
fi
as true
exec setpriv --reuid=postgres --regid=postgres --init-groups "$@" -c "listen_addresses=*"
