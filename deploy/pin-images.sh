#!/usr/bin/env bash
# Pins the images of others by digest: asks their registry which one each tag means today, with docker or podman.
#
#   deploy/pin-images.sh        writes deploy/compose/pinned.env and deploy/helm/pinned.yaml; run it again to update
#   deploy/images.sh            builds from the pinned bases
#   docker compose --env-file .env --env-file pinned.env up --detach
#   helm upgrade voicebot deploy/helm/voicebot --values deploy/helm/pinned.yaml …
#
# ENGINE=podman chooses. Read what changed before it goes to production; keep both files with your configuration.
set -euo pipefail
cd "$(dirname "$0")"
engine=${ENGINE:-$(docker info >/dev/null 2>&1 && echo docker || echo podman)}
command -v "$engine" >/dev/null || { echo "Install docker or podman: there is no $engine here" >&2; exit 1; }
pin() {
  "$engine" pull --quiet "$1" >/dev/null || { echo "No registry gave $1: nothing was written" >&2; exit 1; }
  local digest
  digest=$("$engine" image inspect --format '{{index .RepoDigests 0}}' "$1")
  [[ $digest == *@sha256:* ]] || { echo "$1 has no digest, it came from no registry: nothing was written" >&2; exit 1; }
  echo "$1@${digest#*@}"
}
declare -A pinned
while IFS='=' read -r name image; do
  pinned[$name]=$(pin "$image")
done <<'END'
BOT_BASE=python:3.12-slim-bookworm
RASA_BASE=python:3.10-slim-bookworm
NGINX_IMAGE=nginx:1.29
REDIS_IMAGE=redis:7
POSTGRES_IMAGE=postgres:16
END
for name in BOT_BASE RASA_BASE NGINX_IMAGE REDIS_IMAGE POSTGRES_IMAGE; do
  echo "$name=${pinned[$name]}"
done | tee compose/pinned.env
cat >helm/pinned.yaml <<END
front:
  image: ${pinned[NGINX_IMAGE]}
postgres:
  image: ${pinned[POSTGRES_IMAGE]}
END
