#!/usr/bin/env bash
# Databases: the template with Odoo's own modules (kept in the cache), copies of it, install and update.
# Source it after conf.sh; a database's comment records what it was built from.

db_mark() { psql -d postgres -Atqc "select shobj_description(oid, 'pg_database') from pg_database where datname = '$1'"; }
db_set_mark() { psql -d postgres -qc "comment on database \"$1\" is '$2'"; }
db_drop() {
  dropdb --if-exists --force "$1" 2>>"$LOG/psql.log" ||
    die "The database $1 cannot be dropped: end the programs that use it and try again (see $LOG/psql.log)."
  rm -rf "$DEV/data/filestore/$1"
}

# db_copy FROM TO: seconds, because the files are hard links
db_copy() {
  local files=$DEV/data/filestore
  db_drop "$2"
  createdb -T "$1" "$2" 2>>"$LOG/psql.log" ||
    die "The database $1 cannot be copied: end the programs that use it and try again (see $LOG/psql.log)."
  cp -al "$files/$1" "$files/$2" 2>/dev/null || cp -a "$files/$1" "$files/$2"
}

# run_odoo LOGNAME DATABASE ARGUMENT...
run_odoo() {
  local log=$LOG/$1.log
  logged "$log" python -m odoo -d "$2" --no-http --stop-after-init "${@:3}"
  ! grep -qE '(ERROR|CRITICAL) [a-z_0-9]+ odoo\.' "$log" || { grep -E -A 20 ' (ERROR|CRITICAL) ' "$log" | head -n 40 >&2; die "Odoo reported an error: the full log is $log"; }
}

# build_pages DATABASE LOGNAME
build_pages() {
  SOP_SHELL_LOG=$LOG/$2.log python "$ROOT/dev/shell.py" "$1" "$ROOT/dev/bundles.py" ||
    die "The scripts and styles of the pages could not be built: see the lines above and $LOG/$2.log"
}

template_key() {
  local version
  version=$(psql -d postgres -Atc 'show server_version_num')
  digest <<<"recipe 2, $ODOO_ID, PostgreSQL $((version / 10000)), $NATIVE_MODULES"
}

template_init() {
  say "Template database: Odoo's own modules are being installed (about three minutes)"
  run_odoo template "$DB_TEMPLATE" -i "$NATIVE_MODULES"
  local stripped=mail/static/lib/selfie_segmentation/selfie_segmentation.js
  # Debian's package leaves one non-free script out; without it every page logs an error, which fails browser tests
  [ -e "${ODOO_ADDONS##*,}/$stripped" ] || psql -d "$DB_TEMPLATE" -qc "insert into ir_asset
    (name, bundle, directive, path, active, sequence)
    values ('absent from the Debian package', 'web.assets_backend', 'remove', '$stripped', true, 99)"
  # the pages' scripts and styles: a copy then builds only those that its own addons change
  build_pages "$DB_TEMPLATE" template
}

template_save() {  # DIRECTORY
  local tmp
  mkdir -p "$(dirname "$1")"
  tmp=$(mktemp -d "$1.XXXXXX")
  if pg_dump -Fc -Z 3 -f "$tmp/db.dump" "$DB_TEMPLATE" 2>>"$LOG/psql.log" &&
    tar -C "$DEV/data/filestore" -cf "$tmp/filestore.tar" "$DB_TEMPLATE" && touch "$tmp/.complete"; then
    rm -rf "$1"
    mv "$tmp" "$1"
  else
    rm -rf "$tmp"
    say "The template database could not be kept for other clones (see $LOG/psql.log)"
  fi
}

template_restore() {  # DIRECTORY
  say "Template database: restoring it from the cache"
  createdb -T template0 -E UTF8 --lc-collate=C "$DB_TEMPLATE"
  mkdir -p "$DEV/data/filestore"
  tar -C "$DEV/data/filestore" -xf "$1/filestore.tar"
  logged "$LOG/restore.log" pg_restore -j 2 --no-owner -d "$DB_TEMPLATE" "$1/db.dump"
}

template_build() {
  local key=$1 saved=$CACHE/template/$1
  [ "$(db_mark "$DB_TEMPLATE")" != "$key" ] || return 0
  db_drop "$DB_TEMPLATE"
  if [ -e "$saved/.complete" ]; then template_restore "$saved"
  else
    template_init
    template_save "$saved"
  fi
  db_set_mark "$DB_TEMPLATE" "$key"
}

need_template() {
  local key state=ready
  key=$(template_key)
  [ "$(db_mark "$DB_TEMPLATE")" = "$key" ] || { state=built; locked "template-$key" template_build "$key"; }
  say "Template database: $DB_TEMPLATE ($state)"
}

# Every file of the addons that decides what is in a database; tests do not
addon_hash() {
  (cd "$ADDONS_DIR" && find . -maxdepth 1 -name 'sop_planning*' -o -maxdepth 1 -name "$ADDON" | sort -u |
    xargs -I{} find {} -type f -not -path '*/__pycache__/*' -not -path '*/tests/*' -print0 | sort -z |
    xargs -0 -r sha256sum; db_mark "$DB_TEMPLATE") | digest
}

need_addon() {
  [ -f "$ADDONS_DIR/$ADDON/__manifest__.py" ] ||
    die "The addon $ADDON is not in $ADDONS_DIR: run make in a complete clone, or set SOP_ADDONS to the folder that holds it."
}

# the addon and those of its bridges whose dependencies are all there
addon_modules() { python "$ROOT/dev/addons.py" "$ADDONS_DIR" "$(addons_path)" "$ADDON"; }
