import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { SeverityLabel } from "../../severity/severity_label";
import { Sparkline } from "../../sparkline/sparkline";
import { moveFocus } from "../arrow_keys";
import { Panel } from "../panel/panel";

const STATES = {
    todo: _t("To do"),
    discuss: _t("To discuss"),
    agreed: _t("Agreed"),
};

/** The families of a cycle, the largest deviation in money first; a row opens its plan, the status
 * its review. */
export class FamilyTable extends Component {
    static template = "sop_planning.FamilyTable";
    static components = { Panel, SeverityLabel, Sparkline };
    static props = {
        families: Array,
        reference: String,
        figures: String,
        showAll: Boolean,
        toggle: Function,
        open: Function,
        openReview: Function,
    };

    setup() {
        this.moveFocus = moveFocus;
        this.title = _t("Consensus demand by family");
        this.subtitle = _t("units of the next three months");
    }

    get flagged() {
        return this.props.families.filter((family) => family.severity !== "none");
    }

    get rows() {
        return this.props.showAll ? this.props.families : this.flagged;
    }

    get hasLastPlan() {
        return this.rows.some((family) => typeof family.last_plan === "number");
    }

    get beforeLabel() {
        return this.hasLastPlan ? _t("Last plan") : this.props.reference;
    }

    before(family) {
        return this.hasLastPlan ? family.last_plan || 0 : family.reference;
    }

    units(quantity) {
        return formatFloat(quantity, { digits: [16, Math.abs(quantity) < 10 ? 1 : 0] });
    }

    /** What the deviation compares, with what it is worth. */
    help(family) {
        const words = _t("%(consensus)s against %(reference)s (%(name)s)", {
            consensus: this.units(family.consensus),
            reference: this.units(family.reference),
            name: this.props.reference,
        });
        return [words, family.impact_label].filter(Boolean).join(" · ");
    }

    exceptionsHelp(family) {
        return _t("%s open exceptions", family.exceptions);
    }

    state(family) {
        return STATES[family.state];
    }
}
