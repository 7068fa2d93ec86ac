import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

const TONES = {
    better: _t("better than the base plan"),
    worse: _t("worse than the base plan"),
};

/** A figure of a scenario with a note below it, or a list of sentences. */
export class ValueCell extends Component {
    static template = "sop_planning.ValueCell";
    static props = {
        cell: {
            type: Object,
            shape: {
                text: String,
                note: String,
                tone: String,
                isBest: Boolean,
                items: { type: Array, element: String, optional: true },
            },
        },
    };

    get tone() {
        return TONES[this.props.cell.tone];
    }
}
