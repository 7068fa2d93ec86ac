#!/usr/bin/env bash
# PostgreSQL: the server of the PG* variables, else a private, throw-away cluster of this clone.
# Source it after system.sh; need_pg starts it and exports PGHOST, PGPORT and PGUSER.
PG_MISSING="PostgreSQL 13 or newer is missing: install it with \`apt-get install postgresql\`, or set PGHOST, PGPORT, PGUSER and PGPASSWORD."

pg_bin() {  # the newest folder that holds a whole server
  local dir
  for dir in $(find /usr/lib/postgresql /usr/pgsql-* -maxdepth 2 -name bin 2>/dev/null | sort -Vr) \
    "$(pg_config --bindir 2>/dev/null || true)" "$(dirname "$(readlink -f "$(command -v initdb || true)")")"; do
    if [ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ] && [ "$(pg_major "$dir" 2>/dev/null)" -ge 13 ]; then
      echo "$dir"
      return 0
    fi
  done
  return 1
}

pg_major() { "$1/postgres" -V | grep -oE '[0-9]+' | head -n 1; }

pg_install() {  # without the distribution's own cluster
  local off=/etc/postgresql-common/createcluster.d/sop_planning.conf done=0
  as_root mkdir -p "$(dirname $off)"
  echo 'create_main_cluster = false' | as_root tee $off >/dev/null
  apt_install postgresql postgresql-client || done=1
  as_root rm -f $off
  return $done
}

pg_paths() {
  PG_OWNER=$(id -un)
  PG_DIR=$DEV/pg
  local short
  short=$(digest <<<"$ROOT")
  if [ "$(id -u)" = 0 ]; then
    PG_OWNER=postgres
    PG_DIR=/var/lib/sop_planning/$short
  elif [ ${#PG_DIR} -gt 80 ]; then
    PG_DIR=/var/tmp/sop_planning-$short
  fi
}

as_pg() { if [ "$PG_OWNER" = "$(id -un)" ]; then (cd / && "$@"); else (cd / && runuser -u "$PG_OWNER" -- "$@"); fi; }

pg_init() {
  local buffers=128MB
  id "$PG_OWNER" >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin "$PG_OWNER"
  [ "$(awk '/MemTotal/ {print $2}' /proc/meminfo)" -lt 6000000 ] || buffers=768MB
  mkdir -p "$PG_DIR"
  chmod 700 "$PG_DIR"
  [ "$(id -u)" != 0 ] || chown "$PG_OWNER" "$PG_DIR"
  [ -O "$PG_DIR" ] || [ "$(id -u)" = 0 ] || die "$PG_DIR belongs to somebody else: remove it, or clone into a shorter path."
  as_pg "$PG_BIN/initdb" -D "$PG_DIR/data.new" -U odoo -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$LOG/initdb.log" 2>&1 ||
    die "initdb failed: its output is in $LOG/initdb.log"
  as_pg tee -a "$PG_DIR/data.new/postgresql.conf" >/dev/null <<EOF
# throw-away cluster for development: fast, not durable; reachable only through its private socket
listen_addresses = ''
unix_socket_directories = '$PG_DIR'
max_connections = 100
shared_buffers = $buffers
work_mem = 32MB
maintenance_work_mem = 256MB
effective_cache_size = 2GB
random_page_cost = 1.1
jit = off
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 4GB
checkpoint_timeout = 30min
# a query that runs away fails with its text instead of holding up everything
statement_timeout = 10min
EOF
  as_pg mv "$PG_DIR/data.new" "$PG_DIR/data"
}

pg_start() {
  pg_ready && return 0
  if [ ! -e "$PG_DIR/data/PG_VERSION" ]; then rm -rf "$PG_DIR/data.new"; pg_init; fi
  [ "$(cat "$PG_DIR/data/PG_VERSION")" = "$(pg_major "$PG_BIN")" ] ||
    die "The private cluster was made by another version of PostgreSQL: run \`make clean\` and start again."
  # close inherited locks, or the server would hold them
  as_pg "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -l "$PG_DIR/server.log" -w -t 60 -s start \
    </dev/null >/dev/null 2>&1 7>&- 8>&- 9>&- ||
    die "The private PostgreSQL cluster does not start: see $PG_DIR/server.log, or run \`make clean\`."
}

pg_ready() { "$PG_BIN/pg_isready" -q -h "$PGHOST" -p "$PGPORT" 2>/dev/null; }

pg_private() { [ -z "${PGHOST:-}${PGHOSTADDR:-}${PGSERVICE:-}" ] || [ "${PGHOST:-}" = "$PG_DIR" ]; }

need_pg() {
  pg_paths
  if ! pg_private; then
    has psql || apt_install postgresql-client || die "$PG_MISSING"
    [ "$(psql -d postgres -Atc 'select rolcreatedb or rolsuper from pg_roles where rolname = current_user' 2>"$LOG/psql.log")" = t ] ||
      die "The PostgreSQL server of your PG* variables does not answer, or its user may not create databases: see $LOG/psql.log."
    say "PostgreSQL: server of the PG* variables"
    return 0
  fi
  PG_BIN=$(pg_bin) || { pg_install && PG_BIN=$(pg_bin); } || die "$PG_MISSING"
  export PGHOST=$PG_DIR PGPORT=5432 PGUSER=odoo
  unset PGPASSWORD
  PATH=$PG_BIN:$PATH
  local state=running
  pg_ready || { state=started; locked "pg-$(basename "$PG_DIR")" pg_start; }
  say "PostgreSQL: private cluster, version $(pg_major "$PG_BIN") ($state)"
}

pg_stop() {
  pg_paths
  PG_BIN=$(pg_bin) || return 0
  [ ! -e "$PG_DIR/data/postmaster.pid" ] || as_pg "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m fast -w -s stop || true
}

pg_remove() {
  pg_stop
  rm -rf "$PG_DIR"
  rmdir /var/lib/sop_planning 2>/dev/null || true
}
