#!/usr/bin/env bash
# Sources every library of dev/ in order.
# Scripts start with: source "$(dirname "${BASH_SOURCE[0]}")/all.sh"
_dev=$(dirname "${BASH_SOURCE[0]}")
for _file in lib system odoo venv pg conf db; do
  # shellcheck source=/dev/null
  source "$_dev/$_file.sh"
done
unset _dev _file
