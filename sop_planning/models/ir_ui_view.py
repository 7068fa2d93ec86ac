from lxml import etree

from odoo import fields, models

GRID_MODES = ("demand", "gaps", "capacity")
GRID_ATTRIBUTES = {
    "__validate__",  # of ir.ui.view itself
    "string", "class", "js_class", "edit", "mode", "month", "default_measures", "sample",
}  # fmt: skip


class IrUiView(models.Model):
    """The planning grid as a view type: rows of a plan against its months or weeks."""

    _inherit = "ir.ui.view"

    type = fields.Selection(selection_add=[("sop_grid", "Planning Grid")])

    def _get_view_info(self):
        return {"sop_grid": {"icon": "fa fa-th"}} | super()._get_view_info()

    def _validate_tag_sop_grid(self, node, name_manager, node_info):
        if not node_info["validate"]:
            return
        for child in node.iterchildren(tag=etree.Element):
            if child.tag != "field":
                self._raise_view_error(
                    self.env._("A planning grid contains fields only, not %s.", child.tag), child
                )
        unknown = set(node.attrib) - GRID_ATTRIBUTES
        if unknown:
            message = self.env._(
                "A planning grid has no attribute %(names)s: it has %(known)s.",
                names=", ".join(sorted(unknown)),
                known=", ".join(sorted(GRID_ATTRIBUTES - {"__validate__"})),
            )
            self._raise_view_error(message, node)
        if node.get("mode", GRID_MODES[0]) not in GRID_MODES:
            message = self.env._("The mode of a planning grid is one of %s.", ", ".join(GRID_MODES))
            self._raise_view_error(message, node)
