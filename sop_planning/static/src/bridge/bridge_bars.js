import { Component } from "@odoo/owl";

const HEIGHT = 150;
const TOP = 20; // for the figure over the highest bar
const BAR = 0.62; // of a column

/** A waterfall from one plan to the next, cause by cause, with its figures. */
export class BridgeBars extends Component {
    static template = "sop_planning.BridgeBars";
    static props = { bars: Array };

    setup() {
        this.height = HEIGHT;
    }

    /**
     * The causes are small beside the plans: the axis starts below the lowest level, unless the
     * plans differ by much. A cut axis is drawn as a gap in the bars of the plans.
     */
    get bottom() {
        const { bars } = this.props;
        const levels = bars.flatMap((bar) => (bar.is_total ? [bar.end] : [bar.start, bar.end]));
        const [low, high] = [Math.min(...levels), Math.max(...levels)];
        const start = low - 0.6 * (high - low);
        return start > 0.25 * high ? start : Math.min(0, low);
    }

    get isCut() {
        return this.bottom > 0;
    }

    get shapes() {
        const { bars } = this.props;
        const { bottom } = this;
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
        const { bars } = this.props;
        return bars.map((bar) => `${bar.label} ${bar.text}`).join(", ");
    }
}
