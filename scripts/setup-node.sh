#!/bin/sh
# Installs the Node packages of package-lock.json, Node 24 among them, unless the same lock is installed already.
# Runs in the repository's root under the system's npm; the copy of the lock that it leaves behind is written last,
# so that an interrupted installation is begun again.
set -eu
lock=package-lock.json
installed=.cache/setup/installed-$lock
log=.cache/setup/npm.log

if [ -x node_modules/.bin/node ] && cmp -s "$lock" "$installed"; then
  exit 0
fi
mkdir -p .cache/setup
rm -f "$installed"
printf 'setup: Node packages from %s …\n' "$lock" >&2
began=$(date +%s)

if ! npm ci --include=dev --include=optional --no-progress >"$log" 2>&1; then
  tail -n 15 "$log" >&2
  if grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network' "$log"; then
    printf 'setup: the npm registry could not be reached. Check the network (or npm'\''s registry and proxy settings), then run "make setup" again.\n' >&2
  else
    printf 'setup: "npm ci" failed; the lines above say why, and %s has all of it. Mend that, then run "make setup" again.\n' "$log" >&2
  fi
  exit 1
fi
if [ ! -x node_modules/.bin/node ]; then
  printf 'setup: npm installed no Node for this machine (%s %s); Linux on x64 or arm64 and macOS on arm64 are covered.\n' "$(uname -s)" "$(uname -m)" >&2
  exit 1
fi
cp "$lock" "$installed"
printf 'setup: Node packages installed in %s s\n' "$(($(date +%s) - began))" >&2
