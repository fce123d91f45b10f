#!/usr/bin/env bash
# Builds both images, voicebot and voicebot-rasa, with docker or, where there is none, podman. Options go to its `build`:
#
#   deploy/images.sh
#   deploy/images.sh --build-arg BOT_BASE=registry.example/python:3.12-slim-bookworm
#
# ENGINE=podman chooses. A first build downloads 1.1 GB of Python packages; later ones take what has not changed.
set -euo pipefail
cd "$(dirname "$0")/.."
engine=${ENGINE:-$(docker info >/dev/null 2>&1 && echo docker || echo podman)}
command -v "$engine" >/dev/null || { echo "Install docker or podman: there is no $engine here" >&2; exit 1; }
bases=()
if [[ -f deploy/compose/pinned.env ]]; then  # deploy/pin-images.sh wrote it
  while IFS= read -r base; do bases+=(--build-arg "$base"); done < <(grep _BASE= deploy/compose/pinned.env)
fi
ignored=()
[[ $engine == podman ]] && ignored=(--ignorefile deploy/compose/Dockerfile.dockerignore)
for target in bot rasa; do
  name=voicebot
  [[ $target == rasa ]] && name=voicebot-rasa
  "$engine" build --file deploy/compose/Dockerfile "${ignored[@]}" "${bases[@]}" --target "$target" --tag "$name" "$@" .
done
