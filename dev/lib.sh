#!/usr/bin/env bash
# Shared by the scripts in dev/: paths, messages, sudo, hashes, locks.
# Source it; it only defines names and creates nothing but .dev/ and the cache folder.
set -euo pipefail

: "${HOME:=$(getent passwd "$(id -u)" | cut -d: -f6)}"
export HOME
if [ -n "${SOP_INSIDE:-}" ]; then  # started from within dev/env: begin again from the caller's own settings
  IFS='|' read -r ODOO_SRC PYTHONPATH PATH <<<"$SOP_INSIDE"
  [ -n "$PYTHONPATH" ] || unset PYTHONPATH
fi
SOP_OUTSIDE="${ODOO_SRC:-}|${PYTHONPATH:-}|$PATH"
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
DEV=$ROOT/.dev
CACHE=${SOP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sop_planning}
LOG=$DEV/log
CONF=$DEV/odoo.conf
ADDON=${SOP_ADDON:-sop_planning}
ADDONS_DIR=$(realpath -m "${SOP_ADDONS:-$ROOT}")
DB_TEMPLATE=sop_template
DB_DEMO=sop_demo
DB_TEST=sop_test
NATIVE_MODULES=sale_management,sale_stock,purchase_stock,mrp,sale_mrp,purchase_mrp,mrp_account,crm,maintenance
export LC_ALL=C.UTF-8
unset PYTHONHOME PGDATABASE
mkdir -p "$LOG" "$CACHE"

say() { [ -n "${SOP_QUIET:-}" ] || printf '==> %s\n' "$*" >&2; }
die() { printf 'ERROR: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# run CMD as the administrator
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif has sudo; then sudo -E "$@"
  else return 1; fi
}

# locked NAME CMD...: one at a time on this machine for this user's cache
locked() {
  local name=$1; shift
  ( flock 9; "$@" ) 9>"$CACHE/.$name.lock"
}

# hash of standard input, 12 characters
digest() { sha256sum | cut -c1-12; }

# logged FILE CMD...: output goes to a log; on failure its end is shown
logged() {
  local file=$1; shift
  if ! "$@" >"$file" 2>&1; then
    tail -n 25 "$file" >&2
    die "\`$(basename "$1") ${*:2:3}\` failed: the full output is in $file"
  fi
}
