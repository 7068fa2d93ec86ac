import math

from odoo import models

from .sop_cycle_dashboard import BLOCKED, NO_RIGHT, OK

POINT = 0.001  # of the service: less is told as no change


class SopCycle(models.Model):
    """The figures at the top of the dashboard; each opens the records that it counts."""

    _inherit = "sop.cycle"

    def _dashboard_tiles(self):
        return [
            self._exception_tile("red", self.env._("red exceptions"), self.red_count),
            self._exception_tile("amber", self.env._("amber exceptions"), self.amber_count),
            self._gap_tile(),
            self._supplier_tile(),
            self._service_tile(),
            self._stock_tile(),
            self._trust_tile(),
            self._agreed_tile(),
            self._year_tile(),
        ]

    def _tile(self, name, label, value, action, detail="", state=OK, message="", fix=False):
        """``action`` opens what is counted; ``message`` says what a state other than ok is about,
        and ``fix`` opens what ends it."""
        return {
            "name": name, "label": label, "value": value, "detail": detail, "action": action,
            "state": state, "message": message, "fix": fix,
        }  # fmt: skip

    def _blocked(self, tile, block):
        """A tile without a figure, and what stands in its way: block is (sentence, action)."""
        return {**tile, "value": None, "detail": "", "state": BLOCKED,
                "message": block[0], "fix": block[1]}  # fmt: skip

    def _hidden(self, tile):
        return {**tile, "value": None, "detail": "", "action": False, "state": NO_RIGHT,
                "message": self._ask_words()}  # fmt: skip

    def _exception_tile(self, name, label, count):
        context = {"search_default_open": 1, f"search_default_{name}": 1}
        return self._tile(
            name, label, count, self._dashboard_action("sop_exception_action", **context)
        )

    # ---- supply ----

    def _gap_tile(self):
        """Gaps that nobody has answered, with the weeks from the first to the last."""
        gaps = self.env["sop.supply.gap"]
        domain = [
            ("cycle_id", "=", self.id),
            ("scenario_id.is_followed", "=", True),
            ("state", "in", ["open", "in_progress"]),
        ]
        [[count]] = gaps._read_group(domain, [], ["__count"])
        [[first, last]] = gaps._read_group(
            [*domain, ("week_from", ">", 0)], [], ["week_from:min", "week_to:max"]
        )
        tile = self._tile(
            "gaps",
            self.env._("supply gaps"),
            count,
            self._dashboard_action(
                "sop_supply_gap_action", search_default_open=1, search_default_plan=1
            ),
            _weeks(first, last),
        )
        block = not count and self._supply_block()
        return self._blocked(tile, block) if block else tile

    def _supply_block(self):
        """What keeps the plan from seeing gaps: (sentence, action that ends it), or False."""
        followed = self._followed_scenario()
        if followed.state != "done":
            words = followed.message or self.env._("No supply plan was calculated yet.")
            return words, self._dashboard_action("sop_scenario_action")
        return self._operations_block() or self._hours_block(followed)

    def _operations_block(self):
        """Capacity is compared where operations say which work center does what. The counts are
        for everybody, the native list for who may read it."""
        centers = self.env["mrp.workcenter"].sudo()
        total = centers.search_count([("company_id", "=", self.company_id.id)])
        operations = self.env["mrp.routing.workcenter"].sudo()
        if not total or operations.search_count(
            [("workcenter_id.company_id", "=", self.company_id.id)], limit=1
        ):
            return False
        words = self.env._("0 of %s work centers have operations.", total)
        return words, self._native_action("mrp.mrp_routing_action")

    def _hours_block(self, followed):
        lines = self.env["sop.capacity.line"].sudo()
        rows = dict(
            lines._read_group(
                [("scenario_id", "=", followed.id)], ["has_hours"], ["workcenter_id:count_distinct"]
            )
        )
        if not rows or rows.get(True):
            return False
        words = self.env._("0 of %s work centers have working hours.", rows[False])
        return words, self._native_action("mrp.mrp_workcenter_action")

    def _native_action(self, xmlid):
        """A native list, or False where the user may not read it."""
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        if not self.env[action["res_model"]].has_access("read"):
            return False
        return {key: action[key] for key in ("type", "res_model", "name", "views")} | {
            "domain": [("company_id", "in", [False, self.company_id.id])],
        }

    def _supplier_tile(self):
        risks = self.env["sop.supplier.risk"]
        is_known = risks.search_count(
            [("cycle_id", "=", self.id), ("has_data", "=", True)], limit=1
        )
        detail = "" if is_known else self.env._("no delivery was due yet")
        return self._tile(
            "suppliers",
            self.env._("suppliers flagged"),
            self.supplier_flag_count if is_known else None,
            self._dashboard_action("sop_supplier_risk_action", search_default_flagged=1),
            detail,
        )

    # ---- service and stock: the plan followed against the one before ----

    def _service_tile(self):
        tile = self._tile("service", self.env._("service"), None, self._compare_action())
        block = self._supply_block_of_plan()
        if block:
            return self._blocked(tile, block)
        before, words = self._before("rate_fill")
        now = self._followed_scenario().rate_fill
        is_moved = before is not None and abs(now - before) >= POINT
        value = f"{_percent(before)}→{_percent(now)} %" if is_moved else f"{_percent(now)} %"
        return {**tile, "value": value, "detail": words if is_moved else self._same_words(words)}

    def _stock_tile(self):
        tile = self._tile(
            "stock",
            self.env._("stock"),
            None,
            self._dashboard_action("sop_supply_line_action", search_default_weeks=1),
        )
        if not self._sees_money():
            return self._hidden(tile)
        block = self._supply_block_of_plan()
        if block:
            return self._blocked(tile, block)
        before, words = self._before("amount_stock")
        now = self._followed_scenario().amount_stock
        shown = self._short_money(now)
        is_moved = before is not None and self._short_money(before) != shown
        value = f"{self._without_unit(before, now)}→{shown}" if is_moved else shown
        return {**tile, "value": value, "detail": words if is_moved else self._same_words(words)}

    def _supply_block_of_plan(self):
        followed = self._followed_scenario()
        return followed.state != "done" and self._supply_block()

    def _without_unit(self, amount, other):
        """An amount before an arrow: its unit stands behind the other one, if it is the same."""
        words, unit = self._short_money(amount), self._short_money(other).split(" ")[-1]
        return words.removesuffix(f" {unit}")

    def _same_words(self, words):
        return self.env._("as before") if words else ""

    def _before(self, name):
        """A figure of the last approved plan, else of the base plan where another one is followed:
        (figure, what it is compared with in words); (None, "") without either."""
        last = self._last_plan()
        if last and last._name == "sop.plan.version" and last.scenario_text:
            figure = last.sudo().figures.get(name)
            if figure is not None:
                return figure, self.env._("last plan → now")
        base, followed = self._base_plan(), self._followed_scenario()
        if base and base != followed and base.state == "done":
            return base[name], self.env._("base plan → %s", followed.name)
        return None, ""

    # ---- data and demand ----

    def _trust_tile(self):
        tile = self._tile(
            "trust", self.env._("data trusted"), None, self._dashboard_health()["action"]
        )
        if not self.has_trust:
            words = self.env._("The data was not checked yet.")
            return self._blocked(tile, (words, False))
        issues = self.data_issue_count
        detail = self.env._("%s issues", issues) if issues != 1 else self.env._("1 issue")
        return {**tile, "value": self.trust_label, "detail": detail}

    def _agreed_tile(self):
        tile = self._tile(
            "agreed",
            self.env._("families agreed"),
            f"{self.agreed_count} / {self.family_count}",
            self._dashboard_action("sop_demand_review_action", search_default_pending=1),
        )
        if self.family_count:
            return tile
        words = self.env._("No product belongs to a family.")
        return self._blocked(tile, (words, self._dashboard_action("sop_data_issue_action")))

    def _year_tile(self):
        tile = self._tile(
            "year",
            self.env._("next 12 months"),
            None,
            self._dashboard_action("sop_plan_report_action"),
        )
        if not self._sees_money():
            return self._hidden(tile)
        [[year, before]] = self.env["sop.demand.review"]._read_group(
            [("cycle_id", "=", self.id)], [], ["amount_year:sum", "amount_last_year:sum"]
        )
        growth = f"{100 * (year / before - 1):+.0f} %" if before else ""
        detail = self.env._("%s on last 12", growth) if growth else ""
        return {**tile, "value": self._short_money(year or 0.0), "detail": detail}


def _weeks(first, last):
    if not first:
        return ""
    return f"W{first}" if first == last else f"W{first}–W{last}"


def _percent(rate):
    """Rounded down: all of the demand is 100 %, and nothing less is."""
    return f"{math.floor(1000 * rate + 1e-6) / 10:g}"
