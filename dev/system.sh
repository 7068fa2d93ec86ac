#!/usr/bin/env bash
# Packages of the distribution: installs what is missing, and only that.
# Source it after lib.sh; the functions say in one sentence what to do if they cannot.

apt_update_once() {
  [ -z "${APT_UPDATED:-}" ] || return 0
  local tries=60
  until as_root apt-get update -q >"$LOG/apt.log" 2>&1; do  # a new machine may be updating its lists itself
    grep -q 'Could not get lock' "$LOG/apt.log" && [ $((tries -= 1)) -gt 0 ] || return 1
    sleep 5
  done
  APT_UPDATED=1
}

# apt_install PACKAGE...: quiet, without recommended packages; waits for the updates a new machine starts by itself
apt_install() {
  has apt-get || return 1
  say "apt-get install $*"
  apt_update_once || true # another vendor's source may be out of order
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "$@" >>"$LOG/apt.log" 2>&1 || { say "apt-get failed: its output is in $LOG/apt.log"; return 1; }
}

find_python() {
  local python
  for python in ${SOP_PYTHON:+"$SOP_PYTHON"} /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
    has "$python" || continue
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    command -v "$python"
    return 0
  done
  return 1
}

need_python() {
  PYTHON=$(find_python) || { apt_install python3 python3-venv && PYTHON=$(find_python); } ||
    die "Python 3.11 or newer is missing: install it with \`apt-get install python3 python3-venv\`, or set SOP_PYTHON."
  "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null ||
    { apt_install python3-venv && "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null; } ||
    die "The venv module of $PYTHON is missing: install it with \`apt-get install python3-venv\`."
}

find_chromium() {
  local name
  for name in google-chrome chromium chromium-browser google-chrome-stable; do
    command -v "$name" && return 0
  done
  return 1
}

need_chromium() {
  find_chromium >/dev/null || { apt_install chromium && find_chromium >/dev/null; } ||
    die "Chromium is missing, and the browser tests need it: install it with \`apt-get install chromium\`."
  say "Chromium: $("$(find_chromium)" --version 2>/dev/null | head -n 1)"
}

# PDF is optional: Odoo works without it, only the PDF of the pack is then unavailable
want_wkhtmltopdf() {
  has wkhtmltopdf || [ -e "$DEV/no-wkhtmltopdf" ] && return 0
  apt_install wkhtmltopdf && has wkhtmltopdf && return 0
  touch "$DEV/no-wkhtmltopdf"
  say "wkhtmltopdf is not available: reports stay HTML (install it with \`apt-get install wkhtmltopdf\`)"
}
