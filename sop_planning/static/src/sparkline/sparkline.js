import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

const WIDTH = 120;
const HEIGHT = 28;
const MARGIN = 2;

const isKnown = (value) => typeof value === "number";

/** Units a month as a small line: history, a divider at the cycle's month, then the plan. */
export class Sparkline extends Component {
    static template = "sop_planning.Sparkline";
    static props = {
        series: { type: [Object, Boolean], optional: true },
    };

    get viewBox() {
        return `0 0 ${WIDTH} ${HEIGHT}`;
    }

    get height() {
        return HEIGHT;
    }

    /** Where the plan starts in the months; their number when there is no plan. */
    get start() {
        const start = this.props.series.consensus.findIndex(isKnown);
        return start < 0 ? this.props.series.months.length : start;
    }

    get isDrawn() {
        const { months, history, consensus } = this.props.series || {};
        return Boolean(months?.length && history && consensus);
    }

    get lines() {
        const { months, history, consensus } = this.props.series;
        const step = WIDTH / Math.max(months.length - 1, 1);
        const highest = Math.max(...history, ...consensus, 0) || 1;
        const scale = (HEIGHT - 2 * MARGIN) / highest;
        const point = (value, index) =>
            `${(index * step).toFixed(1)},${(HEIGHT - MARGIN - value * scale).toFixed(1)}`;
        const path = (values) => values.map((v, n) => isKnown(v) && point(v, n)).filter(Boolean);
        const past = path(history);
        return {
            history: past.join(" "),
            // from the last month of history on, so that the line does not break
            plan: [...past.slice(-1), ...path(consensus)].join(" "),
            divider: (this.start - 0.5) * step,
        };
    }

    get label() {
        const { months, history, consensus } = this.props.series;
        const units = (value) => formatFloat(value || 0, { digits: [16, 0] });
        return _t("%(first)s to %(last)s: %(past)s last month, %(next)s planned for %(month)s", {
            first: months[0],
            last: months.at(-1),
            past: units(history.filter(isKnown).at(-1)),
            next: units(consensus.find(isKnown)),
            month: months[this.start] || "-",
        });
    }
}
