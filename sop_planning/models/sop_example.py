from contextlib import contextmanager

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..example import loader, removal


class ResCompany(models.Model):
    _inherit = "res.company"

    sop_example_category_id = fields.Many2one(
        "product.category",
        string="Categories of the example",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The company is the S&OP example, and its product families are below this category.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_example_mark(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_example_mark(vals)
        return super().write(vals)

    def _check_example_mark(self, vals):
        """What is marked can be removed with everything in it: nobody marks another company."""
        if "sop_example_category_id" in vals and not self.env.su:
            raise AccessError(
                self.env._("Only loading the example company says which company that is.")
            )


class SopExample(models.TransientModel):  # pylint: disable=no-wizard-in-models
    """A company of its own to try S&OP with, loaded and removed by the administrators of S&OP.

    A record is the progress of a load or a removal, written apart so that others can follow it;
    what says whether one is at work is a lock that ends with its transaction.

    Loading works as superuser, because an administrator of S&OP need not be allowed to create
    companies, warehouses and work centers. Nobody sees anything by that which was hidden: all that
    is read is what was made just before, and the only user who gets access is the one who asked.
    """

    _name = "sop.example"
    _description = "S&OP Example Company"

    stage = fields.Char(required=True)
    rate_done = fields.Float(string="Done")

    @api.model
    def action_load(self):
        """Create the example company with one computed cycle, in one transaction.

        Returns ``{company_id, cycle_id}``: the browser then works in that company
        (``user.activateCompanies([company_id], {includeChildCompanies: false})``).
        """
        self._check_manager()
        self._begin()
        if self._company():
            raise UserError(self._loaded_words())
        with self._progress() as tell:
            cycle = loader.load(self._root(), tell)
        return {"company_id": cycle.company_id.id, "cycle_id": cycle.id}

    @api.model
    def action_remove(self):
        """Delete the example company with everything in it, in one transaction.

        Returns ``{company_id}``: the company that the user works in from now on.
        """
        self._check_manager()
        self._begin()
        company = self._company()
        if not company:
            raise UserError(self.env._("The example company is not loaded."))
        with self._progress() as tell:
            removal.remove(self._root(), company, tell)
        return {"company_id": self.env.user.company_id.id}

    @api.model
    @api.readonly
    def get_state(self):
        """Whether the example is there or at work, how far, and whether the user may do it:
        is_loaded, company_id, company_name, is_loading, rate_done (0 to 1), stage, can_load,
        can_remove, reason (why not), and state: empty, loading or loaded."""
        self.env["sop.cycle"].check_access("read")
        company = self._company()
        is_loading = self.env["sop.source"]._is_example_locked()
        last = self.sudo().search([], order="id desc", limit=1) if is_loading else self.browse()
        is_manager = self._is_manager()
        known = company if is_manager or company in self.env.user.company_ids else company.browse()
        stands = "loaded" if company else "empty"
        return {
            "state": "loading" if is_loading else stands,
            "is_loaded": bool(company),
            "company_id": known.id,
            "company_name": known.name or "",
            "is_loading": is_loading,
            "rate_done": last.rate_done,
            "stage": self._labels()[last.stage] if last.stage else "",
            "can_load": is_manager and not company and not is_loading,
            "can_remove": is_manager and bool(company) and not is_loading,
            "reason": self._reason(company, is_loading),
        }

    # ---- who may, and why not ----

    @api.model
    def _is_manager(self):
        return self.env.user.has_group("sop_planning.sop_planning_group_manager")

    @api.model
    def _may_remove(self, company):
        """Whether this company is the example and the user may remove it."""
        return self._is_manager() and company == self._company()

    @api.model
    def _check_manager(self):
        if not self._is_manager():
            raise AccessError(self._manager_words())

    @api.model
    def _manager_words(self):
        return self.env._(
            "Only an administrator of S&OP can load or remove the example company: ask for that"
            " right, or ask one of them to do it."
        )

    @api.model
    def _loaded_words(self):
        return self.env._("The example company is loaded already: open it, or remove it first.")

    @api.model
    def _busy_words(self):
        return self.env._(
            "The example company is being loaded or removed at this moment: wait for it to end."
        )

    @api.model
    def _reason(self, company, is_loading):
        """Why the example cannot be loaded now, or nothing."""
        if not self._is_manager():
            return self._manager_words()
        if is_loading:
            return self._busy_words()
        return self._loaded_words() if company else ""

    @api.model
    def _company(self):
        """The example company, whether the user works in it or not; nothing of it is shown."""
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        return companies.search([("sop_example_category_id", "!=", False)], limit=1)

    # ---- at work ----

    @api.model
    def _begin(self):
        """One at a time, over all servers; the lock ends with the transaction, however it ends."""
        if not self.env["sop.source"]._lock_example():
            raise UserError(self._busy_words())

    @api.model
    def _root(self):
        return self.env(su=True)

    @contextmanager
    def _progress(self):
        """A function that tells others of the end of a stage; what it wrote is gone at the end."""
        try:
            self._tell("start")
            yield self._tell
        finally:
            self._tell(None)

    def _tell(self, stage):
        """How far it is, in a transaction of its own; None: it has ended, however."""
        with self.env.registry.cursor() as cr:
            rows = self.with_env(self.env(cr=cr, user=SUPERUSER_ID, su=True))
            if stage:
                rates = {**loader.STAGES, **removal.STAGES}
                rows.create({"stage": stage, "rate_done": rates[stage]})
            else:
                rows.search([]).unlink()

    @api.model
    def _labels(self):
        """What is done when a stage begins to be worked on, as the progress bar says it."""
        return {
            "start": self.env._("Creating the company"),
            "company": self.env._("Creating products and work centers"),
            "products": self.env._("Writing three years of sales"),
            "history": self.env._("Taking orders"),
            "orders": self.env._("Buying and receiving material"),
            "purchases": self.env._("Releasing manufacturing orders"),
            "production": self.env._("Counting the stock"),
            "stock": self.env._("Planning last month"),
            "last": self.env._("Planning this month"),
            "cycle": self.env._("Done"),
            "plans": self.env._("Deleting orders and stock"),
            "documents": self.env._("Deleting products and settings"),
            "masters": self.env._("Deleting the company"),
            "removed": self.env._("Done"),
        }
