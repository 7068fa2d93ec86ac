import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { makeGroups } from "../compare_rows";
import { ScenarioHead, ScenarioTitle } from "../scenario_head/scenario_head";
import { ValueCell } from "../value_cell/value_cell";

const DIRECTIONS = {
    more: { glyph: "↑", text: _t("more is better") },
    less: { glyph: "↓", text: _t("less is better") },
};

/** One column a scenario, one row a measure; the rows stand in groups that can be closed. */
export class CompareTable extends Component {
    static template = "sop_planning.CompareTable";
    static components = { ScenarioHead, ScenarioTitle, ValueCell };
    static props = {
        data: Object,
        closed: Object,
        busyId: [Number, { value: false }],
        toggle: Function,
        choose: Function,
        recalculate: Function,
        open: Function,
        act: Function,
    };

    get scenarios() {
        return this.props.data.scenarios;
    }

    get groups() {
        return makeGroups(this.props.data);
    }

    get hasSelected() {
        return this.scenarios.some((scenario) => scenario.is_selected);
    }

    direction(row) {
        return DIRECTIONS[row.better];
    }

    columnClass(scenario) {
        return {
            o_sop_column_selected: scenario.is_selected,
            o_sop_column_stale: Boolean(scenario.stale),
        };
    }
}
