#!/usr/bin/env bash
# Installs what pip cannot: the synthesiser, PortAudio, and venv for Python 3. Does nothing where all are there.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin # ldconfig: Debian shows it to root alone

missing=()
command -v espeak-ng >/dev/null || missing+=(espeak-ng)
[[ $(uname) != Linux ]] || # elsewhere PortAudio comes with the Python package sounddevice
  ldconfig -p | grep libportaudio.so.2 >/dev/null || missing+=(libportaudio2)
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
((${#missing[@]} == 0)) && exit 0

if ! command -v apt-get >/dev/null; then
  echo "This machine has no apt-get. Install by hand, then run make again: ${missing[*]} (see README.md)" >&2
  exit 1
fi
as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null || { echo "Run as root or install sudo: ${missing[*]} must be installed" >&2; exit 1; }
  as_root=(sudo)
fi
echo "Installing ${missing[*]} …"
wait=(-o DPkg::Lock::Timeout=300) # seconds, where something else is installing: a new machine does by itself
"${as_root[@]}" apt-get "${wait[@]}" update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get "${wait[@]}" install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
