import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { SeverityLabel } from "../../severity/severity_label";
import { Sparkline } from "../../sparkline/sparkline";

const STATES = {
    todo: _t("To do"),
    discuss: _t("To discuss"),
    agreed: _t("Agreed"),
};

/** The families of a cycle, the largest deviation in money first; a row opens its review. */
export class FamilyTable extends Component {
    static template = "sop_planning.FamilyTable";
    static components = { SeverityLabel, Sparkline };
    static props = {
        families: Array,
        reference: String,
        showAll: Boolean,
        toggle: Function,
        open: Function,
    };

    get flagged() {
        return this.props.families.filter((family) => family.severity !== "none");
    }

    get rows() {
        return this.props.showAll ? this.props.families : this.flagged;
    }

    units(quantity) {
        return formatFloat(quantity, { digits: [16, Math.abs(quantity) < 10 ? 1 : 0] });
    }

    state(family) {
        return STATES[family.state];
    }
}
