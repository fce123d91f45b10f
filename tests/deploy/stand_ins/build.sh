#!/usr/bin/env bash
# Makes, from Debian's packages, the images that deploy/compose takes from a registry: python, nginx, postgres and redis.
# For a machine that reaches no image registry; tests/deploy/test_composition.py runs on what this makes.
#
#   tests/deploy/stand_ins/build.sh PYTHON3.12_PREFIX PYTHON3.10_PREFIX     needs root, podman and debootstrap
#
# The Pythons (pyenv's or uv's, each a folder with bin and lib) come to /usr/local, as in Docker's own images, with nothing
# of their site-packages but pip. PostgreSQL is Debian 12's 15; nginx is forky's, since deploy/compose needs 1.27.3 or later.
set -euo pipefail
(($# == 2)) || { echo "usage: $0 PYTHON3.12_PREFIX PYTHON3.10_PREFIX" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
work=${STAND_INS:-/var/tmp/voicebot-stand-ins}
debian=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
mkdir -p "$work"

root() { # SUITE PACKAGES: a Debian of that suite with these packages, made once for each list
  local folder="$work/$1-$3" script=()
  [[ -e $folder/.made ]] && return
  rm -rf "$folder"
  [[ -e /usr/share/debootstrap/scripts/$1 ]] || script=(/usr/share/debootstrap/scripts/sid)
  debootstrap --variant=minbase --include="$2" "$1" "$folder" "$debian" "${script[@]}" >"$work/$3.log" 2>&1 \
    || { tail -5 "$work/$3.log" >&2; return 1; }
  rm -rf "$folder"/var/cache/apt/archives/*.deb "$folder"/var/lib/apt/lists/* "$folder"/usr/share/{doc,man,locale,info}/*
  find "$folder/var/log" -type f -delete
  touch "$folder/.made"
}

import() { # NAME FOLDER CHANGES…
  local name=$1 folder=$2
  shift 2
  tar --numeric-owner -C "$folder" --exclude=./.made -c . | podman import "$@" - "$name" >/dev/null
  echo "made $name"
}

python() { # VERSION PREFIX
  local folder="$work/python-$1" library="usr/local/lib/python$1"
  rm -rf "$folder"
  cp -a "$work/bookworm-base" "$folder"
  rm -f "$folder/.made"
  tar -C "$2" --exclude=__pycache__ --exclude=test --exclude=idlelib --exclude='config-*' --exclude='site-packages' \
    --exclude='*.a' -c bin lib | tar -C "$folder/usr/local" -x
  rm -f "$folder"/usr/local/bin/*-config
  strip --strip-unneeded "$folder"/usr/local/lib/libpython*.so.* || true
  mkdir -p "$folder/$library/site-packages"
  cp -a "$2/lib/python$1/site-packages/pip" "$2/lib/python$1"/site-packages/pip-*.dist-info "$folder/$library/site-packages/"
  ln -sf "python$1" "$folder/usr/local/bin/python3"
  ln -sf python3 "$folder/usr/local/bin/python"
  printf '#!/bin/sh\nexec python -m pip "$@"\n' >"$folder/usr/local/bin/pip"
  chmod 755 "$folder/usr/local/bin/pip"
  chroot "$folder" ldconfig
  chroot "$folder" /usr/local/bin/python -c 'import bz2, ctypes, hashlib, lzma, readline, sqlite3, ssl, sys, zlib; print(sys.version)'
  import "localhost/python:$1-slim-bookworm" "$folder" --change "CMD=python3" --change "ENV=PATH=$path" \
    --change "ENV=LANG=C.UTF-8"
  rm -rf "$folder"
}

path=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
libraries=ca-certificates,libbz2-1.0,libffi8,liblzma5,libncursesw6,libreadline8,libsqlite3-0,libssl3,libtirpc3,netbase
root bookworm "$libraries,tzdata,zlib1g" base
python 3.12 "$1"
python 3.10 "$2"

root bookworm postgresql,locales-all postgres
install -m 755 "$here/postgres.sh" "$work/bookworm-postgres/usr/local/bin/docker-entrypoint.sh"
import localhost/postgres:16 "$work/bookworm-postgres" --change "ENV=PATH=/usr/lib/postgresql/15/bin:$path" \
  --change 'ENTRYPOINT=["docker-entrypoint.sh"]' --change 'CMD=["postgres"]' --change STOPSIGNAL=SIGINT

root bookworm redis-server redis
import localhost/redis:7 "$work/bookworm-redis" --change "ENV=PATH=$path" --change 'CMD=["redis-server"]' --change USER=redis

root forky nginx-light nginx
import localhost/nginx:1.29 "$work/forky-nginx" --change "ENV=PATH=$path" --change 'CMD=["nginx"]' \
  --change STOPSIGNAL=SIGQUIT
