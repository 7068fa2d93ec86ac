#!/usr/bin/env bash
# Odoo's configuration file in .dev/ and the environment every command runs in.
# Source it after pg.sh; enter_env expects what need_venv, need_odoo and need_pg have set.

addons_path() {
  local path=$ODOO_ADDONS dir
  for dir in "$ADDONS_DIR" "$ROOT"; do
    [[ ,$path, != *,$dir,* ]] && compgen -G "$dir/*/__manifest__.py" >/dev/null && path+=,$dir
  done
  echo "$path"
}

write_conf() {
  local new
  new=$(cat <<EOF
[options]
addons_path = $(addons_path)
data_dir = $DEV/data
${PGHOST:+db_host = $PGHOST}
${PGPORT:+db_port = $PGPORT}
${PGUSER:+db_user = $PGUSER}
${PGPASSWORD:+db_password = $PGPASSWORD}
db_template = template0
list_db = False
http_interface = 127.0.0.1
max_cron_threads = 0
workers = 0
log_level = warn
log_handler = py.warnings:ERROR
limit_time_cpu = 3600
limit_time_real = 7200
EOF
  )
  if [ "$(cat "$CONF" 2>/dev/null)" != "$new" ]; then
    (umask 077; cat >"$CONF.$$" <<<"$new")
    mv "$CONF.$$" "$CONF"
  fi
}

enter_env() {
  mkdir -p "$DEV/data"
  write_conf
  export SOP_INSIDE=$SOP_OUTSIDE
  export ODOO_SRC ODOO_RC=$CONF PYTHONPATH=$ODOO_SRC VIRTUAL_ENV=$VENV PATH=$VENV/bin:$PATH
  export PYTHONWARNINGS=${PYTHONWARNINGS:-ignore}
}

need_env() {
  need_venv
  need_odoo
  need_pg
  enter_env
}
