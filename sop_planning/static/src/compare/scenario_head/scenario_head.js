import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";

/** The name of a scenario, with a star for the recommended one and a badge for the chosen one. */
export class ScenarioTitle extends Component {
    static template = "sop_planning.ScenarioTitle";
    static props = {
        scenario: Object,
        goal: { type: [Object, { value: false }], optional: true },
    };

    /** Why the scenario has the star. */
    get formula() {
        const { label, formula } = this.props.goal || {};
        return label
            ? _t("Recommended for the goal %(label)s: %(formula)s", { label, formula })
            : _t("Recommended");
    }
}

/** What a scenario does, how old its figures are, and its buttons. */
export class ScenarioHead extends Component {
    static template = "sop_planning.ScenarioHead";
    static components = { Dropdown, DropdownItem };
    static props = {
        scenario: Object,
        canChoose: Boolean,
        canSimulate: Boolean,
        canDecide: Boolean,
        isMain: Boolean,
        busyId: [Number, { value: false }],
        choose: Function,
        recalculate: Function,
        open: Function,
        // (what: gaps, capacity, duplicate or decision; id)
        act: Function,
    };

    get isBusy() {
        return this.props.busyId === this.props.scenario.id;
    }

    get isChoosable() {
        const { is_selected, state } = this.props.scenario;
        return this.props.canChoose && state === "done" && !is_selected;
    }

    /** What else can be done with it: `[{name, label}]`. */
    get acts() {
        const isDone = this.props.scenario.state === "done";
        return [
            isDone && { name: "gaps", label: _t("Supply gaps") },
            isDone && { name: "capacity", label: _t("Capacity by week") },
            this.props.canSimulate && { name: "duplicate", label: _t("Duplicate") },
            isDone && this.props.canDecide && { name: "decision", label: _t("Send to the meeting") },
        ].filter(Boolean);
    }

    label(verb) {
        return _t("%(action)s: %(scenario)s", {
            action: verb,
            scenario: this.props.scenario.name,
        });
    }

    get labels() {
        return {
            choose: this.label(_t("Choose")),
            recalculate: this.label(_t("Recalculate")),
            open: this.label(_t("Open")),
            more: this.label(_t("More")),
        };
    }
}
