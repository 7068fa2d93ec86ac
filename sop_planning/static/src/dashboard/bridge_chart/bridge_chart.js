import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Panel } from "../panel/panel";

const HEIGHT = 150;
const TOP = 20; // for the figure over the highest bar
const BAR = 0.62; // of a column

/** From the last approved plan to the consensus, cause by cause: a waterfall with its figures. */
export class BridgeChart extends Component {
    static template = "sop_planning.BridgeChart";
    static components = { Panel };
    static props = {
        bridge: Object,
        figures: String,
        openDetails: Function,
    };

    setup() {
        this.title = _t("Bridge: last plan to consensus");
        this.height = HEIGHT;
    }

    get bars() {
        return this.props.bridge.bars || [];
    }

    /**
     * The causes are small beside the plans: the axis starts below the lowest level, unless the
     * plans differ by much. A cut axis is drawn as a gap in the bars of the plans.
     */
    get bottom() {
        const levels = this.bars.flatMap((bar) => (bar.is_total ? [bar.end] : [bar.start, bar.end]));
        const [low, high] = [Math.min(...levels), Math.max(...levels)];
        const start = low - 0.6 * (high - low);
        return start > 0.25 * high ? start : Math.min(0, low);
    }

    get isCut() {
        return this.bottom > 0;
    }

    get shapes() {
        const { bars, bottom } = this;
        const width = 100 / bars.length;
        const top = Math.max(...bars.flatMap((bar) => [bar.start, bar.end]));
        const y = (level) =>
            HEIGHT - ((Math.max(level, bottom) - bottom) / (top - bottom || 1)) * (HEIGHT - TOP);
        return bars.map((bar, index) => ({
            ...bar,
            kind: bar.is_total ? "total" : bar.end > bar.start ? "up" : "down",
            glyph: bar.is_total ? "" : bar.end > bar.start ? "▲ " : "▼ ",
            x: `${(index + (1 - BAR) / 2) * width}%`,
            width: `${BAR * width}%`,
            middle: `${(index + 0.5) * width}%`,
            until: `${(index + 1 + (1 - BAR) / 2) * width}%`,
            end_x: `${(index + 1 - (1 - BAR) / 2) * width}%`,
            y: y(Math.max(bar.start, bar.end)),
            height: Math.max(y(Math.min(bar.start, bar.end)) - y(Math.max(bar.start, bar.end)), 1),
            level: y(bar.end),
            isLast: index === bars.length - 1,
        }));
    }

    get description() {
        return this.bars.map((bar) => `${bar.label} ${bar.text}`).join(", ");
    }
}
