from unittest.mock import patch

from odoo.tests import freeze_time, new_test_user

from .common import TODAY
from .common_maker import MakerCommon

SECTIONS = [
    "decisions", "kpis", "demand", "bridge", "accuracy", "overrides", "gaps", "capacity",
    "scenarios", "stock", "risks", "actions",
]  # fmt: skip
PDF = "odoo.addons.sop_planning.models.sop_pack_publish.SopPack._make_pdf"


class PackCommon(MakerCommon):
    """A computed cycle of the small maker, whose lathe is too small for the orders of week 3."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).sop_pack_auto = False
        cls.company.sop_pack_auto = True
        cls.pumps.sop_owner_id = new_test_user(
            cls.env, "owner", groups="sop_planning.sop_planning_group_sales",
            email="o@maker.example",
            company_id=cls.company.id, company_ids=cls.company.ids,
        )  # fmt: skip
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [100] * 14)
            cls._overload(cls)
            cls.cycle = cls._refreshed(cls)

    def _value(self, cycle=None):
        return self.env["sop.pack"]._build_value(cycle or self.cycle)

    def _section(self, name, value=None):
        return next(s for s in (value or self._value())["sections"] if s["name"] == name)

    def _rows(self, section, table):
        return next(t for t in self._section(section)["tables"] if t["name"] == table)["rows"]

    def _published(self, pdf=b"%PDF-1.4 test"):
        draft = self.env["sop.pack"]._draft_of(self.cycle)
        with patch(PDF, lambda pack: (pdf, "" if pdf else "There is no PDF: out of paper.")):
            draft.action_publish()
        return draft
