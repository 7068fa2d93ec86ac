from unittest.mock import patch

from odoo import Command
from odoo.tests import HttpCase, new_test_user

from ..example import loader, truth, truth_scenarios

ROLES = ("controller", "sales", "operations", "executive")
NAMES = dict(zip(ROLES, ("Clara Controller", "Sam Sales", "Olga Operations", "Emil Executive")))


class ExampleCase(HttpCase):
    """The example company, loaded once a class by an administrator of S&OP, as of today, in euros.

    ``company``, ``cycle`` (open), ``last`` (approved), ``plan`` (what was drawn), ``gaps`` and
    ``scenarios`` (what is true of it, by arithmetic), ``manager`` (login example_manager), and
    ``people`` by role, who work in the example only (logins example_controller, example_sales,
    example_operations, example_executive; passwords are the logins).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.EUR").active = True
        cls.manager = new_test_user(
            cls.env,
            login="example_manager",
            name="Ada Manager",
            groups="sop_planning.sop_planning_group_manager",
            tz="Europe/Berlin",
        )
        cls._load()
        cls.people = {role: cls._person(role) for role in ROLES}

    @classmethod
    def _load(cls):
        """Load the example as the manager; progress is told to nobody: the class has one cursor."""
        cls.told = []
        example = cls.env["sop.example"].with_user(cls.manager)
        with patch.object(type(example), "_tell", lambda self, stage: cls.told.append(stage)):
            answer = example.action_load()
        env = cls.env(context={**cls.env.context, "allowed_company_ids": [answer["company_id"]]})
        cls.company = env["res.company"].browse(answer["company_id"])
        cls.cycle = env["sop.cycle"].browse(answer["cycle_id"])
        cls.last = env["sop.cycle"].search(
            [("company_id", "=", cls.company.id), ("state", "=", "approved")]
        )
        cls.plan = loader.draw(cls.company._sop_today())
        cls.gaps = truth.gaps(cls.plan)
        cls.scenarios = truth_scenarios.scenarios(cls.plan)

    @classmethod
    def _person(cls, role):
        return new_test_user(
            cls.env,
            login=f"example_{role}",
            name=NAMES[role],
            groups=f"sop_planning.sop_planning_group_{role}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
