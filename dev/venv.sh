#!/usr/bin/env bash
# The private Python environment, one per lock file and Python version, kept in the cache.
# Source it after system.sh; need_venv sets VENV.

build_venv() {
  [ ! -e "$VENV/.complete" ] || return 0
  say "Python environment: building it (about a minute)"
  rm -rf "$VENV"
  "$PYTHON" -m venv "$VENV"
  logged "$LOG/pip.log" "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input \
    -r "$ROOT/requirements.txt" -r "$ROOT/requirements-dev.txt"
  touch "$VENV/.complete"
}

need_venv() {
  need_python
  local version
  version=$("$PYTHON" -c 'import sys, platform; print(sys.version, platform.machine())')
  VENV=$CACHE/venv/$(cat "$ROOT"/requirements{,-dev}.txt - <<<"$PYTHON $version" | digest)
  mkdir -p "$CACHE/venv"
  local from=cached
  [ -e "$VENV/.complete" ] || { from=built; locked venv build_venv; }
  say "Python: $("$VENV/bin/python" -V 2>&1 | cut -d' ' -f2), environment $(basename "$VENV") ($from)"
}
