#!/bin/sh
# Checks the tools that a fresh machine must bring: Node 20 or newer, npm, and Python 3.11, 3.12 or 3.13 with venv.
# Prints the path of the Python to use on stdout; names each missing tool on stderr, with its remedy, and exits 1.
# REPRO_PYTHON names a Python to use instead of the first that fits.
set -eu
missing=0

# complain SENTENCE: one line for a person; the check goes on so that everything missing shows at once.
complain() {
  printf 'setup: %s\n' "$1" >&2
  missing=1
}

# python_fits COMMAND: prints the interpreter's real path when its version is one that the locks cover.
python_fits() {
  "$1" -c 'import sys
if (3, 11) <= sys.version_info[:2] <= (3, 13): print(sys.executable)' 2>/dev/null
}

check_node() {
  if ! command -v node >/dev/null 2>&1; then
    complain 'Node is missing; install Node 20 or newer (your system'\''s "nodejs" package, or nodejs.org).'
    return
  fi
  version=$(node --version 2>/dev/null || true)
  major=${version#v}
  major=${major%%.*}
  case $major in
    '' | *[!0-9]*) complain "\"node --version\" gives no version (\"$version\"); install Node 20 or newer." ;;
    *) [ "$major" -ge 20 ] || complain "Node ${version#v} is too old; install Node 20 or newer." ;;
  esac
}

check_npm() {
  command -v npm >/dev/null 2>&1 || complain 'npm is missing; install it (it comes with Node, or as your system'\''s "npm" package).'
}

check_python() {
  python=
  for candidate in ${REPRO_PYTHON:+"$REPRO_PYTHON"} python3.11 python3 python3.12 python3.13 python; do
    command -v "$candidate" >/dev/null 2>&1 || continue
    python=$(python_fits "$candidate" || true)
    [ -z "$python" ] || break
  done
  if [ -z "$python" ]; then
    complain 'Python 3.11 is missing (3.12 and 3.13 do too); install it, or set REPRO_PYTHON to its path.'
  elif ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
    complain "$python has no venv module; install it (on Debian and Ubuntu: the \"python3-venv\" package)."
  fi
}

check_node
check_npm
check_python
[ "$missing" -eq 0 ] || exit 1
printf '%s\n' "$python"
