import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

// the steps of a refresh in their order, named by what happens in them
const STEPS = {
    gather: _t("Reading records"),
    clean: _t("Correcting history"),
    forecast: _t("Forecasting"),
    compose: _t("Composing consensus"),
    write: _t("Writing plan"),
    learn: _t("Measuring forecasts"),
    flag: _t("Flagging exceptions"),
    supply: _t("Reading stock, structure and capacity"),
    net: _t("Netting and loading"),
    scenarios: _t("Scenarios"),
    store: _t("Writing supply plan"),
    suppliers: _t("Rating suppliers"),
    check: _t("Checking data"),
};

/** How far a refresh is, or why it failed. */
export class RefreshStrip extends Component {
    static template = "sop_planning.RefreshStrip";
    static props = {
        refresh: Object,
    };

    setup() {
        this.state = useState(this.props.refresh.state);
    }

    get percent() {
        return Math.round(100 * this.state.rate);
    }

    /** The step at work: the one after the last step done. */
    get step() {
        const codes = Object.keys(STEPS);
        const next = codes.indexOf(this.state.step) + 1;
        return STEPS[codes[Math.min(next, codes.length - 1)]];
    }
}
