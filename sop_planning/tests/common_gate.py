from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, new_test_user

from .common import TODAY, SopCommon

GROUP = "sop_planning.sop_planning_group_"


@freeze_time(TODAY)
class GateCommon(SopCommon):
    """A cycle with figures of today; nothing is computed, records are put where checks look."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cycle = cls._make_cycle(date_snapshot=fields.Datetime.now())

    @classmethod
    def _switch_on(cls, *codes):
        checks = cls.env["sop.step.check"].with_context(active_test=False)
        checks = checks.search([("code", "in", codes)])
        checks.active = True
        return checks

    @classmethod
    def _put(cls, model, **vals):
        vals = {"cycle_id": cls.cycle.id, **vals}
        if cls.env[model]._fields["company_id"].store:
            vals.setdefault("company_id", cls.cycle.company_id.id)
        return cls.env[model].create(vals)

    @classmethod
    def _put_review(cls, family, **vals):
        return cls._put("sop.demand.review", family_id=family.id, **vals)

    @classmethod
    def _put_exception(cls, family, **vals):
        return cls._put(
            "sop.exception",
            **{
                "family_id": family.id, "kind": "deviation", "severity": "red",
                "natural_key": f"deviation-{family.id}", **vals,
            },
        )  # fmt: skip

    @classmethod
    def _person(cls, name, *roles, **vals):
        company = vals.pop("company", cls.company)
        groups = ",".join(f"{GROUP}{role}" for role in roles) or "base.group_user"
        return new_test_user(
            cls.env, name.lower(), name=name, groups=groups, email=f"{name.lower()}@maker.example",
            company_id=company.id, company_ids=company.ids, **vals,
        )  # fmt: skip

    def _at(self, code, cycle=None):
        """The cycle in a step, as if the ones before had been closed."""
        cycle = cycle or self.cycle
        cycle.state = code
        cycle._current_step()._begin()
        return cycle

    def _step(self, code, cycle=None):
        return (cycle or self.cycle).step_ids.filtered(lambda step: step.code == code)

    def _clock(self, **delta):
        """Time goes on."""
        return freeze_time(fields.Datetime.now() + timedelta(**delta))


@freeze_time(TODAY)
class RemindCommon(GateCommon):
    """Anna owns the pumps and contributes to the valves, Ben owns the valves; Carla controls."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._person("Anna", "sales")
        cls.ben = cls._person("Ben", "sales")
        cls.carla = cls._person("Carla", "controller")
        cls.pumps.sop_owner_id, cls.valves.sop_owner_id = cls.anna, cls.ben
        cls.valves.sop_contributor_ids = cls.anna
        cls.cycle.user_id = cls.carla
        cls.cycle.step_ids.write({"user_id": cls.carla.id, "date_due": TODAY + timedelta(days=9)})
        cls.pump_review = cls._put_review(cls.pumps, user_id=cls.anna.id)
        cls.valve_review = cls._put_review(cls.valves, user_id=cls.ben.id)
