import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** The head of the time columns: bands of years over months or weeks. */
export class GridHeader extends Component {
    static template = "sop_planning.GridHeader";
    static props = {
        columns: Array,
        title: String,
        totalTitle: String,
    };

    /** Neighbours of one year share a band: `[{label, start, count}]`. */
    get bands() {
        const bands = [];
        this.props.columns.forEach(({ group }, index) => {
            const last = bands.at(-1);
            if (last && last.label === group) {
                last.count += 1;
            } else {
                bands.push({ label: group, start: index, count: 1 });
            }
        });
        return bands;
    }

    describe({ title, label, is_frozen, frozen_text }) {
        return is_frozen ? `${title || label}: ${frozen_text || _t("frozen")}` : title || label;
    }
}
