import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { moveFocus } from "../arrow_keys";
import { Panel } from "../panel/panel";

/** The scenarios that were calculated with the plan: what each changes and costs, and the choice. */
export class ScenarioList extends Component {
    static template = "sop_planning.ScenarioList";
    static components = { Panel };
    static props = {
        scenarios: Object,
        seesMoney: Boolean,
        figures: String,
        choose: Function,
        open: Function,
        openAction: Function,
    };

    setup() {
        this.moveFocus = moveFocus;
        this.title = _t("Scenarios");
        this.subtitle = _t("calculated with the plan");
    }

    get formula() {
        const { label, formula } = this.props.scenarios.goal;
        return _t("Recommended for the goal %(label)s: %(formula)s", { label, formula });
    }

    /** Before and after: "173→0"; one figure where nothing moves. */
    change([before, after]) {
        const units = (value) =>
            formatFloat(value, { digits: [16, 0], humanReadable: value >= 10000, decimals: 1 });
        return units(before) === units(after) ? units(after) : `${units(before)}→${units(after)}`;
    }

    isChoosable(row) {
        return this.props.scenarios.can_choose && row.state === "done" && !row.is_followed;
    }

    levers(row) {
        const [first, ...others] = row.levers;
        return others.length ? _t("%(first)s and %(count)s more", { first, count: others.length }) : first;
    }
}
