import re

from odoo import models

CYCLE_CHANNEL = re.compile(r"sop\.cycle_(\d+)")


class IrWebsocket(models.AbstractModel):
    """Screens listen to the cycle that they show: its channel is ``sop.cycle_<id>``."""

    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        asked = {name: CYCLE_CHANNEL.fullmatch(name) for name in channels if isinstance(name, str)}
        ids = [int(match[1]) for match in asked.values() if match]
        others = [channel for channel in channels if not asked.get(channel)]
        cycles = self.env["sop.cycle"]
        if ids and cycles.has_access("read"):
            others.extend(cycles.search([("id", "in", ids)]))
        return super()._build_bus_channel_list(others)
