from odoo import api, models

YES, SOME, LITTLE, UNKNOWN = "yes", "some", "little", "unknown"
FOR, NEUTRAL, AGAINST = "for", "neutral", "against"
WEEKLY = 0.8  # share of lines delivered in the week in which they were ordered
TO_ORDER = 0.7
WEEK = 7
FEW_PRODUCTS = 10
FULL_YEAR = 12


class SopCycle(models.Model):
    """Whether planning months ahead is worth the meeting: an honest answer from the records."""

    _inherit = "sop.cycle"

    @api.model
    @api.readonly
    def get_fit_check(self):
        """Whether S&OP pays for the user's company: ``{company, verdict, title, text, rows:
        [{side, title, text}]}``; verdict is yes, some, little or unknown, side is for, neutral or
        against."""
        self.check_access("read")
        company = self.env.company
        source = self.env["sop.source"]
        facts = {
            **source._measure_fit(company),
            "months": source._measure_history(company)["months"],
            "centers": len(source._measure_centers(company)),
        }
        rows = self._fit_rows(facts)
        verdict = self._fit_verdict(facts, rows)
        title, text = self._fit_words(verdict)
        return {
            "company": company.name,
            "verdict": verdict,
            "title": title,
            "text": text,
            "rows": rows,
        }

    @api.model
    def _fit_verdict(self, facts, rows):
        if not facts["lines"]:
            return UNKNOWN
        days = facts["days_buy"] + facts["days_make"]
        is_weekly = facts["share_week"] >= WEEKLY and days <= WEEK
        is_to_order = facts["share_mto"] >= TO_ORDER and days <= facts["days_wait"]
        is_in_time = days <= facts["days_wait"] and not facts["centers"]
        if is_weekly or is_to_order or is_in_time:
            return LITTLE
        against = sum(row["side"] == AGAINST for row in rows)
        return SOME if against > 1 else YES

    @api.model
    def _fit_words(self, verdict):
        _ = self.env._
        return {
            YES: (_("S&OP fits"), _(
                "You have to decide on stock and capacity before your customers order: planning"
                " months ahead pays.")),
            SOME: (_("S&OP helps in part"), _(
                "Some of your business can wait for the order. Plan the families that cannot, and"
                " leave the rest to reordering rules.")),
            LITTLE: (_("S&OP gains you little"), _(
                "You can buy or make what was ordered in the time your customers wait. Reordering"
                " rules and make-to-order routes do that order by order; a monthly plan and its"
                " meetings would add work and change little.")),
            UNKNOWN: (_("Too early to say"), _(
                "There are no sales orders of the last twelve months to judge by. Load the example"
                " company to see what the plan looks like.")),
        }[verdict]  # fmt: skip

    @api.model
    def _fit_rows(self, facts):
        if not facts["lines"]:
            return []
        rows = [
            self._fit_lead_time(facts), self._fit_week(facts), self._fit_to_order(facts),
            self._fit_products(facts), self._fit_history(facts), self._fit_centers(facts),
        ]  # fmt: skip
        return [dict(zip(("side", "title", "text"), row)) for row in rows]

    def _fit_lead_time(self, facts):
        days, wait = facts["days_buy"] + facts["days_make"], round(facts["days_wait"])
        return (
            FOR if days > wait else AGAINST,
            self.env._("Lead time against patience"),
            self.env._(
                "Supply takes about %(days)s days (vendors %(buy)s, production %(make)s), customers"
                " wait %(wait)s.",
                days=days, buy=facts["days_buy"], make=facts["days_make"], wait=wait,
            ),
        )  # fmt: skip

    def _fit_week(self, facts):
        share = facts["share_week"]
        is_quick = facts["days_buy"] + facts["days_make"] <= WEEK
        return (
            (AGAINST if is_quick else FOR) if share >= WEEKLY else NEUTRAL,
            self.env._("Ordered and delivered in the same week"),
            self.env._("%.0f %% of the order lines of the last twelve months.", 100 * share),
        )

    def _fit_to_order(self, facts):
        share = facts["share_mto"]
        return (
            AGAINST if share >= TO_ORDER else FOR,
            self.env._("Made or bought to order"),
            self.env._("%.0f %% of the order lines; the others need stock ahead.", 100 * share),
        )

    def _fit_products(self, facts):
        count = int(facts["products"])
        return (
            AGAINST if count < FEW_PRODUCTS else FOR,
            self.env._("Products sold"),
            self.env._("%s: too few to need families and reviews.", count)
            if count < FEW_PRODUCTS
            else self.env._("%s in twelve months, more than anybody plans by heart.", count),
        )

    def _fit_history(self, facts):
        months = facts["months"]
        return (
            FOR if months >= FULL_YEAR else NEUTRAL,
            self.env._("Sales history"),
            self.env._("%s months: seasons can be measured from 24 on.", months)
            if months >= FULL_YEAR
            else self.env._("%s months: figures are typed until there are twelve.", months),
        )

    def _fit_centers(self, facts):
        count = facts["centers"]
        return (
            FOR if count else NEUTRAL,
            self.env._("Capacity"),
            self.env._("%s work centers that can be full.", count)
            if count
            else self.env._("No work center: the plan looks at stock and vendors only."),
        )
