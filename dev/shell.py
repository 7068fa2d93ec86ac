"""Runs a script, or standard input, against a database: python dev/shell.py DATABASE [SCRIPT].

The script sees `env`, `self` and `odoo` as in Odoo's shell. Nothing is saved unless it calls
`env.cr.commit()`. If it raises, the traceback goes to standard error and the exit code is 1.
"""

import linecache
import os
import sys
import threading
from pathlib import Path

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def execute(source, filename, values):
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    exec(compile(source, filename, "exec"), values)


def main(database, script=None):
    root = Path(__file__).resolve().parent.parent
    sys.path.insert(0, str(root))  # for the loaders in examples/
    log = os.environ.get("SOP_SHELL_LOG", str(root / ".dev" / "log" / "shell.log"))
    arguments = ["-c", os.environ["ODOO_RC"], "-d", database, "--logfile", log]
    config.parse_config(arguments, setup_logging=True)
    source = Path(script).read_text(encoding="utf-8") if script else sys.stdin.read()
    threading.current_thread().dbname = database
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env = env(context=env["res.users"].context_get())
        values = {"__name__": "__main__", "odoo": odoo, "env": env, "self": env.user}
        try:
            execute(source, script or "<stdin>", values)
        finally:
            cr.rollback()


if __name__ == "__main__":
    main(*sys.argv[1:])
