#!/usr/bin/env bash
# Odoo 19: the first found of ODOO_SRC, an importable odoo, Debian's package, a clone.
# Source it after system.sh; need_odoo sets ODOO_SRC, ODOO_ADDONS and ODOO_ID.
# what the package's relative links lead to: unpacked beside it, from the machine's own suite if it has it
ODOO_LINKED=(libjs-jquery libjs-underscore libjs-jquery-form fonts-font-awesome fonts-roboto-unhinted
  fonts-inconsolata fonts-montserrat fonts-ocr-b)
ODOO_GIT=${ODOO_GIT:-https://github.com/odoo/odoo.git}

# odoo_version FOLDER: "19.0..." if the folder holds Odoo's package, else nothing
odoo_version() {
  [ -f "$1/odoo/release.py" ] || return 1
  "${PYTHON:?}" -I -c 'import runpy, sys; print(runpy.run_path(sys.argv[1])["version"])' "$1/odoo/release.py"
}

# the addons that come with the source: the list differs between the package and the repository
odoo_addons() {
  if [ -d "$1/odoo/addons/web/static" ]; then echo "$1/odoo/addons"
  elif [ -d "$1/addons/web/static" ]; then echo "$1/odoo/addons,$1/addons"
  else return 1; fi
}

use_odoo() {  # FOLDER DESCRIPTION ID
  local version
  version=$(odoo_version "$1") || die "No Odoo in $1: ODOO_SRC must be the folder that contains the odoo package."
  [[ $version == 19.* || $version == saas~19* ]] || die "Odoo in $1 is version $version: set ODOO_SRC to an Odoo 19 source tree."
  ODOO_SRC=$1
  ODOO_ADDONS=$(odoo_addons "$1") || die "Odoo in $1 has no web addon: set ODOO_SRC to a complete Odoo 19 source tree."
  ODOO_ID=$3
  say "Odoo 19: $2"
}

# A folder that holds only a link to odoo, so that other packages beside it do not hide the private environment's
link_odoo() {
  local package=$1 farm=$DEV/odoo-importable
  mkdir -p "$farm"
  ln -sfn "$package" "$farm/odoo"
  [ ! -d "$(dirname "$package")/addons/web" ] || ln -sfn "$(dirname "$package")/addons" "$farm/addons"
  echo "$farm"
}

importable_odoo() {
  local python release
  for python in python3 "$PYTHON"; do
    release=$(cd / && "$python" -c 'import odoo.release as r; assert r.version_info[0] == 19; print(r.__file__)' 2>/dev/null) || continue
    dirname "$(realpath "$release")"
    return 0
  done
  return 1
}

# The machine's own Debian mirror, as apt knows it (both source formats; other vendors' sources are left out)
debian_mirror() {
  local codename
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    awk -F'|' -v codename="$codename" '
      $1 == "Debian" && $2 == "Debian" && $4 == "main" {found[$3] = $5; any = any ? any : $5}
      END {print codename in found ? found[codename] : any}'
}

# sid_apt FOLDER COMMAND: apt-get with a configuration of its own in FOLDER, beside the machine's
sid_apt() {
  local dir=$1; shift
  apt-get -q -o "Dir::Etc::sourcelist=$dir/sid.list" -o "Dir::Etc::sourceparts=$dir/empty" \
    -o "Dir::Etc::preferences=$dir/none" -o "Dir::Etc::preferencesparts=$dir/empty" \
    -o "Dir::State=$dir/state" -o "Dir::State::Lists=$dir/lists" -o "Dir::State::status=$dir/status" \
    -o "Dir::Cache=$dir/cache" -o "APT::Sandbox::User=$(id -un)" -o "APT::Default-Release=" \
    -o "Acquire::Languages=none" "$@"
}

debian_download() {  # prints the folder; fails if this machine has no Debian mirror or it has no odoo-19
  local dir mirror key version target name
  has apt-get && has dpkg-deb || return 1
  apt_update_once || true
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || return 1
  mkdir -p "$CACHE/odoo"
  dir=$(mktemp -d "$CACHE/odoo/tmp.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$dir'" EXIT
  mkdir -p "$dir"/{empty,state,lists/partial,cache/archives/partial,deb}
  touch "$dir/status"
  key=/usr/share/keyrings/debian-archive-keyring.gpg
  echo "deb $([ ! -e $key ] || echo "[signed-by=$key]") $mirror sid main" >"$dir/sid.list"
  sid_apt "$dir" update >"$LOG/sid.log" 2>&1 || return 1
  (cd "$dir/deb" && sid_apt "$dir" download odoo-19) >>"$LOG/sid.log" 2>&1 || return 1
  version=$(dpkg-deb -f "$dir"/deb/odoo-19_*.deb Version)
  target=$CACHE/odoo/debian-$version
  for name in "${ODOO_LINKED[@]}"; do
    (cd "$dir/deb" && { apt-get -q download "$name" || sid_apt "$dir" download "$name"; }) >>"$LOG/sid.log" 2>&1 ||
      say "Odoo 19: the package $name is not available, so one script or font will be missing"
  done
  mkdir "$dir/prefix"
  for name in "$dir"/deb/*.deb; do dpkg-deb -x "$name" "$dir/prefix"; done
  rm -rf "$target"
  mv "$dir/prefix" "$target"
  touch "$target/.complete-2"
}

debian_cached() {
  local stamp
  stamp=$(find "$CACHE/odoo" -maxdepth 2 -path '*/debian-*/.complete-2' 2>/dev/null | sort -V | tail -n 1)
  [ -n "$stamp" ] && dirname "$stamp"
}

debian_odoo() {
  local from=cached
  if ! debian_cached >/dev/null || [ -n "${ODOO_UPDATE:-}" ]; then
    from=downloaded
    (debian_download) || debian_cached >/dev/null || return 1
  fi
  local prefix
  prefix=$(debian_cached)
  use_odoo "$prefix/usr/lib/python3/dist-packages" \
    "Debian package odoo-19 $(basename "$prefix" | cut -d- -f2-) ($from)" "$(basename "$prefix")"
}

clone_odoo() {
  local target=$CACHE/odoo/git-19.0 from=cached
  if [ ! -e "$target/.complete" ]; then
    from=cloned
    has git || apt_install git ca-certificates || return 1
    rm -rf "$target"
    git clone -q --depth 1 --branch 19.0 "$ODOO_GIT" "$target" >"$LOG/clone.log" 2>&1 || return 1
    touch "$target/.complete"
  fi
  use_odoo "$target" "clone of branch 19.0 ($from)" "git-$(git -C "$target" rev-parse --short HEAD)"
}

find_odoo() {
  local package
  if [ -n "${ODOO_SRC:-}" ]; then
    use_odoo "$(realpath "$ODOO_SRC")" "source tree $ODOO_SRC (ODOO_SRC)" \
      "src-$( (realpath "$ODOO_SRC"; git -C "$ODOO_SRC" rev-parse HEAD || cat "$ODOO_SRC/odoo/release.py") 2>/dev/null | digest)"
  elif package=$(importable_odoo); then
    use_odoo "$(link_odoo "$package")" "importable package $package" "imp-$( (echo "$package"; cat "$package/release.py") | digest)"
  else
    debian_odoo || clone_odoo ||
      die "Odoo 19 was not found: set ODOO_SRC to an Odoo 19 source tree (neither Debian unstable's odoo-19 nor a clone could be fetched, see $LOG/sid.log and $LOG/clone.log)."
  fi
}

need_odoo() {
  exec 8>"$CACHE/.odoo.lock"
  flock 8
  find_odoo
  exec 8>&-
}
