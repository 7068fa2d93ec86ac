from odoo import models
from odoo.exceptions import UserError


class SopReadonlyMixin(models.AbstractModel):
    """Fields declared read-only belong to the planner and to the buttons: whoever calls the server
    directly cannot write them either."""

    _name = "sop.readonly.mixin"
    _description = "S&OP Read-only Fields"

    def write(self, vals):
        if not self.env.su:
            self._check_writable(vals)
        return super().write(vals)

    def _check_writable(self, vals):
        locked = [name for name in vals if self._fields[name].readonly and self._fields[name].store]
        if locked:
            raise UserError(
                self.env._(
                    "%s: only the screen's buttons and the refresh change this.",
                    ", ".join(self._fields[name]._description_string(self.env) for name in locked),
                )
            )
