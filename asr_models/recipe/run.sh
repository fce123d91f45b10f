#!/usr/bin/env bash
# Makes the recipe's own environment, then trains and exports a model. Ends with 69 where that cannot be had.
#   run.sh [all|train|export|graphs] [--minutes N] …
#   run.sh second-pass [all|train|export|pack] [--minutes N] …
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
# pyenv's shims fail in a folder with a .python-version of 3.10, so a Python is taken only if it runs.
for python in ${RECIPE_PYTHON:-} python3.11 "$HOME"/.pyenv/versions/3.11*/bin/python python3.12 none; do
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break
done
[ "$python" != none ] || {
    echo "the recipe needs Python 3.11 or 3.12: install one, or name it in RECIPE_PYTHON" >&2
    exit 69
}
module=recipe tools="fstcompile espeak-ng"
if [ "${1:-}" = second-pass ]; then
    module=recipe.second_pass tools="" # it asks for espeak-ng where it needs it
    shift
fi
for tool in $tools; do
    command -v "$tool" >/dev/null || {
        echo "$tool is missing: apt-get install libfst-tools espeak-ng" >&2
        exit 69
    }
done
if ! cmp -s "$here/requirements.txt" "$here/.venv/ready"; then # `ready`: what is installed
    [ -x "$here/.venv/bin/python" ] || "$python" -m venv "$here/.venv"
    "$here/.venv/bin/pip" install -q -r "$here/requirements.txt" || {
        echo "the recipe's libraries cannot be installed ($here/requirements.txt)" >&2
        exit 69
    }
    cp "$here/requirements.txt" "$here/.venv/ready"
fi
cd "$here/.."
exec nice -n 10 "$here/.venv/bin/python" -m "$module" "$@"
