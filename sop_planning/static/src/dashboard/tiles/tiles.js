import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { figureWords, stateOf } from "../figure_states";

// Alt+Shift+1 to 6 open the first ones
const KEYS = 6;
const GLYPHS = { red: "▲▲", amber: "▲", gaps: "▲▲", suppliers: "⚑" };

/** Figures at the top; a click opens the records that a figure counts. */
export class Tiles extends Component {
    static template = "sop_planning.Tiles";
    static props = {
        tiles: Array,
        figures: String,
        open: Function,
    };

    value(tile) {
        if (tile.value === null) {
            return "–";
        }
        return typeof tile.value === "number"
            ? formatFloat(tile.value, { digits: [16, 0] })
            : tile.value;
    }

    state(tile) {
        return stateOf(tile, this.props.figures);
    }

    /** Exceptions, gaps and flags take their glyph, red and amber their fill, only where they
     * count something; "before → now" stays in one line. */
    glyph(tile) {
        return tile.value ? GLYPHS[tile.name] : "";
    }

    fill(tile) {
        const isFilled = ["red", "amber"].includes(tile.name) && tile.value;
        const isPair = typeof tile.value === "string" && tile.value.includes("→");
        return isFilled ? `o_sop_fill_${tile.name}` : isPair ? "o_sop_tile_pair" : "";
    }

    hotkey(index) {
        return index < KEYS ? `shift+${index + 1}` : undefined;
    }

    /** What a click opens: what ends a block comes before the records. */
    action(tile) {
        return (tile.state === "blocked" && tile.fix) || tile.action;
    }

    /** The second line: what a state is about, else what belongs to the figure. */
    detail(tile) {
        return tile.message || tile.detail;
    }

    help(tile) {
        const label = _t("%(value)s %(label)s", { value: this.value(tile), label: tile.label });
        return [label, this.detail(tile), figureWords(this.state(tile))].filter(Boolean).join(". ");
    }
}
