#!/usr/bin/env bash
# Puts a real Asterisk with chan_websocket, and sipp, into a folder of their own, and prints that folder.
#
#   tests/pbx/prepare.sh [FOLDER]        FOLDER: ~/.cache/voicebot/pbx unless given
#
# FOLDER/bin/asterisk and FOLDER/bin/sipp run them, FOLDER/modules and FOLDER/share are Asterisk's. Harmless to repeat:
# the second time it takes no time at all. Where the system's own asterisk has chan_websocket and sipp is there too,
# those are used. Otherwise Debian's packages and all they need are fetched (90 MB) and unpacked (250 MB), in some ten
# seconds; they run with their own libraries, so that neither root nor a chroot is needed, and nothing is installed.
# One line on stderr and exit status 1 where it cannot be done.
set -euo pipefail

SUITE=forky # the first Debian with an asterisk that has chan_websocket (22.6 or later)
PACKAGES=(asterisk sip-tester)
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
LAYOUT=1 # raise it when what this script makes has changed
FOLDER=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/voicebot/pbx}

fail() { echo "prepare.sh: $*" >&2 && exit 1; }
say() { echo "$*" >&2; }

mkdir -p "$FOLDER" 2>/dev/null || fail "cannot write $FOLDER; give another folder"
FOLDER=$(cd "$FOLDER" && pwd)
exec 9>"$FOLDER/.lock"
flock -w 300 9 || fail "another prepare.sh has held $FOLDER/.lock for five minutes; end it"
if [[ $(cat "$FOLDER/.layout" 2>/dev/null) == "$LAYOUT" ]]; then
  echo "$FOLDER" && exit 0
fi
rm -rf "${FOLDER:?}"/{root,apt,bin,modules,share}
mkdir -p "$FOLDER/bin"

# ── the system's own ──
modules=$(dirname "$(find /usr/lib /usr/lib64 -path '*asterisk/modules/chan_websocket.so' -print -quit 2>/dev/null)")
if command -v asterisk sipp >/dev/null && [[ -e $modules/chan_websocket.so ]]; then
  ln -s "$(command -v asterisk)" "$FOLDER/bin/asterisk"
  ln -s "$(command -v sipp)" "$FOLDER/bin/sipp"
  ln -s "$modules" "$FOLDER/modules"
  ln -s /usr/share/asterisk "$FOLDER/share"
  echo "$LAYOUT" >"$FOLDER/.layout" && echo "$FOLDER" && exit 0
fi

# ── Debian's packages, resolved by apt against an empty system of its own ──
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || fail "no $tool here: Debian's packages cannot be unpacked; install asterisk >= 22.6 and sipp"
done
[[ -r $KEYRING ]] || fail "$KEYRING is missing; install the package debian-archive-keyring"
mirror=${VOICEBOT_TEST_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(SITE)' | grep -m1 -E '/debian/?$' || true)}
[[ $mirror ]] || fail "apt knows no Debian mirror here; name one in VOICEBOT_TEST_DEBIAN_MIRROR"
root=$FOLDER/root apt=$FOLDER/apt
mkdir -p "$root" "$apt"/{lists/partial,archives/partial,sources}
touch "$apt/status"
printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
  "$mirror" "$SUITE" "$KEYRING" >"$apt/sources/debian.sources"
options=(-qq
  -o Dir::State="$apt" -o Dir::State::lists="$apt/lists" -o Dir::State::status="$apt/status"
  -o Dir::Cache="$apt" -o Dir::Cache::archives="$apt/archives"
  -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$apt/sources" -o Dir::Etc::preferencesparts=/dev/null
  -o APT::Install-Recommends=0 -o APT::Sandbox::User= -o Debug::NoLocking=1
  -o Acquire::Languages=none -o Acquire::Retries=2 -o Acquire::http::Timeout=20)
say "Fetching Asterisk and sipp (90 MB) …"
timeout 120 apt-get "${options[@]}" update >"$apt/log" 2>&1 || fail "cannot reach Debian's mirror: $(tail -n1 "$apt/log")"
timeout 240 apt-get "${options[@]}" install -y --download-only "${PACKAGES[@]}" >>"$apt/log" 2>&1 ||
  fail "cannot fetch ${PACKAGES[*]} of $SUITE: $(tail -n1 "$apt/log")"
say "Unpacking them (250 MB) …"
for package in "$apt"/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$package" |
    tar -x -C "$root" --no-same-owner --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
      --exclude='./usr/share/locale/*' --exclude='./usr/share/i18n/*' --exclude='./var/*'
done
rm -rf "$apt/archives" "$apt/lists"

libraries=$(dirname "$(find "$root/usr/lib" -name 'libc.so.6' -print -quit)")
loader=$(find "$libraries" -name 'ld-linux*.so.*' -print -quit)
for program in usr/sbin/asterisk usr/bin/sipp; do
  wrapper=$FOLDER/bin/$(basename $program)
  printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' "$loader" "$libraries" "$root/$program" >"$wrapper"
  chmod +x "$wrapper"
done
ln -s "$libraries/asterisk/modules" "$FOLDER/modules"
ln -s "$root/usr/share/asterisk" "$FOLDER/share"
version=$("$FOLDER/bin/asterisk" -V) || fail "the fetched asterisk does not start; remove $FOLDER and try again"
[[ -e $FOLDER/modules/chan_websocket.so ]] || fail "$version has no chan_websocket; 22.6 or later has"
say "$version is ready in $FOLDER"
echo "$LAYOUT" >"$FOLDER/.layout"
echo "$FOLDER"
