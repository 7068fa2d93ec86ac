import { Component } from "@odoo/owl";
import { formatFloat } from "@web/core/utils/numbers";

/** Figures at the top; a click opens the records that a figure counts. */
export class Tiles extends Component {
    static template = "sop_planning.Tiles";
    static props = {
        tiles: Array,
        open: Function,
    };

    value(tile) {
        return typeof tile.value === "number"
            ? formatFloat(tile.value, { digits: [16, 0] })
            : tile.value;
    }

    /** Red and amber tiles take their colour only when they count something. */
    isFlagged(tile) {
        return ["red", "amber"].includes(tile.name) && Boolean(tile.value);
    }
}
