from datetime import date, datetime, time

from odoo.tests import freeze_time

from odoo.addons.sop_planning.tests.common import TODAY, SopCommon

DECEMBER, FEBRUARY = date(2026, 12, 1), date(2027, 2, 1)


@freeze_time(TODAY)
class CrmCommon(SopCommon):
    """A pipeline of three stages before Won, and two sales teams that decided as follows:

    ======= ==== =================================
    team    won  lost, at the stage
    ======= ==== =================================
    Direct  3    2 New, 1 Qualified, 2 Proposition
    Partner 1    3 Qualified
    ======= ==== =================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Lead, cls.Source = cls.env["crm.lead"], cls.env["sop.source"]
        names = {"New": 1, "Qualified": 2, "Proposition": 3}
        cls.new, cls.qualified, cls.proposition = cls.env["crm.stage"].create(
            [{"name": name, "sequence": sequence} for name, sequence in names.items()]
        )
        cls.won = cls.env["crm.stage"].create({"name": "Won", "sequence": 9, "is_won": True})
        cls.direct, cls.partner = cls.env["crm.team"].create(
            [{"name": name, "company_id": cls.company.id} for name in ("Direct", "Partner")]
        )
        with freeze_time(TODAY):
            cls._decide(cls.direct, [cls.won] * 3)
            lost = [cls.new] * 2 + [cls.qualified] + [cls.proposition] * 2
            cls._decide(cls.direct, lost, is_lost=True)
            cls._decide(cls.partner, [cls.won])
            cls._decide(cls.partner, [cls.qualified] * 3, is_lost=True)

    @classmethod
    def _lead(cls, stage, team=None, **vals):
        team = cls.direct if team is None else team
        return cls.Lead.create(
            {
                "name": "Pumps for the waterworks",
                "type": "opportunity",
                "company_id": cls.company.id,
                "team_id": team.id,
                "stage_id": stage.id,
                **vals,
            }
        )

    @classmethod
    def _decide(cls, team, stages, is_lost=False, **vals):
        leads = cls.Lead.union(*(cls._lead(stage, team, **vals) for stage in stages))
        if is_lost:
            leads.action_set_lost()
        return leads

    @classmethod
    def _quote(cls, lead, qty, day=None, **vals):
        """A quotation of steady pumps for an opportunity, without or with an agreed date."""
        return cls._sell(
            day or TODAY,
            {cls.pump: qty},
            confirm=False,
            opportunity_id=lead.id,
            team_id=lead.team_id.id,
            commitment_date=day and datetime.combine(day, time(12)),
            **vals,
        )

    def _conversions(self, company=None):
        """{(stage, team): (won, lost)} of the stages of this pipeline."""
        stages = self.new | self.qualified | self.proposition | self.won
        by_code = {f"crm:{stage.id}": stage for stage in stages}
        self.env.flush_all()
        rows = self.Source._read_conversions(company or self.company)
        return {
            (by_code[row.stage].name, row.team_id): (row.won, row.lost)
            for row in rows.itertuples()
            if row.stage in by_code
        }

    def _quotations(self):
        """(stage, team_id, month, qty) of the open quotations."""
        self.env.flush_all()
        rows = self.Source._read_quotations(self.cycle)
        return [(row.stage, row.team_id, row.bucket_start, row.qty) for row in rows.itertuples()]
