import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

const STATES = {
    done: _t("signed off"),
    current: _t("in progress"),
    todo: _t("to do"),
};

/** The five steps of a cycle as a line. */
export class CycleSteps extends Component {
    static template = "sop_planning.CycleSteps";
    static props = {
        steps: Array,
    };

    mark(step, index) {
        return step.state === "done" ? "✓" : index + 1;
    }

    help(step) {
        const parts = [step.name, STATES[step.state]];
        if (step.due) {
            parts.push(step.is_late ? _t("late, due %s", step.due) : _t("due %s", step.due));
        }
        return [...parts, step.user].filter(Boolean).join(" · ");
    }
}
