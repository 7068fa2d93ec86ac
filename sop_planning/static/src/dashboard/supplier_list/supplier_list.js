import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Panel } from "../panel/panel";

/** Suppliers that missed their last windows, whom they hit, and what can be done about it. */
export class SupplierList extends Component {
    static template = "sop_planning.SupplierList";
    static components = { Panel };
    static props = {
        suppliers: Object,
        figures: String,
        open: Function,
        act: Function,
        openAction: Function,
    };

    setup() {
        this.title = _t("Supplier risk");
    }

    isOpen(row) {
        return ["open", "in_progress"].includes(row.state);
    }

    /** Whom the delay hits: families, and the week in which stock runs out. */
    hits(row) {
        const names = row.families.join(", ");
        const families = row.families_more
            ? _t("%(names)s and %(count)s more", { names, count: row.families_more })
            : names;
        return [
            families && _t("hits %s", families),
            row.needed && _t("next needed %s", row.needed),
            row.at_risk && _t("%s at risk", row.at_risk),
        ]
            .filter(Boolean)
            .join(" · ");
    }
}
