import { Component } from "@odoo/owl";
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
    static props = {
        scenario: Object,
        canChoose: Boolean,
        canSimulate: Boolean,
        isMain: Boolean,
        busyId: [Number, { value: false }],
        choose: Function,
        recalculate: Function,
        open: Function,
    };

    get isBusy() {
        return this.props.busyId === this.props.scenario.id;
    }

    get isChoosable() {
        const { is_selected, state } = this.props.scenario;
        return this.props.canChoose && state === "done" && !is_selected;
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
        };
    }
}
