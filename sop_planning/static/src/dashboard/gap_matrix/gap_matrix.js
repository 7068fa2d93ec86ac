import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { moveFocus } from "../arrow_keys";
import { Panel } from "../panel/panel";

/** Supply gaps by family and week, around the weeks that are short; a cell opens its gaps. */
export class GapMatrix extends Component {
    static template = "sop_planning.GapMatrix";
    static components = { Panel };
    static props = {
        gaps: Object,
        figures: String,
        open: Function,
        openAction: Function,
    };

    setup() {
        this.moveFocus = moveFocus;
        this.title = _t("Supply gaps");
        this.subtitle = _t("units short by family and week");
    }

    get more() {
        const { later, earlier, hidden_families: hidden } = this.props.gaps;
        return [
            earlier && _t("%s earlier", earlier),
            later && _t("%s later", later),
            hidden && _t("%s more families", hidden),
        ].filter(Boolean);
    }

    units(cell) {
        return `−${formatFloat(cell.qty, { humanReadable: cell.qty >= 1000, decimals: 1, digits: [16, 0] })}`;
    }

    help(row, column, cell) {
        const short = _t("%(family)s, %(week)s (%(day)s): %(units)s units short", {
            family: row.name,
            week: column.label,
            day: column.title,
            units: formatFloat(cell.qty, { digits: [16, 0] }),
        });
        return [short, cell.title].filter(Boolean).join(". ");
    }
}
