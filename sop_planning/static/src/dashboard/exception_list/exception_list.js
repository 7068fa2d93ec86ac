import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { SeverityLabel } from "../../severity/severity_label";
import { moveFocus } from "../arrow_keys";
import { Panel } from "../panel/panel";

/** The largest open exceptions by money; a click opens one. */
export class ExceptionList extends Component {
    static template = "sop_planning.ExceptionList";
    static components = { Panel, SeverityLabel };
    static props = {
        exceptions: Array,
        figures: String,
        open: Function,
        openAll: Function,
    };

    setup() {
        this.moveFocus = moveFocus;
        this.title = _t("Largest open exceptions");
    }

    /** The first sentence without its subject, which stands above it; the title has all of it. */
    reason({ subject, reason }) {
        const start = `${subject}: `;
        const told = reason.startsWith(start) ? reason.slice(start.length) : reason;
        const [first, ...others] = told.split(/\.\s(?=\p{Lu})/u);
        return others.length ? `${first}.` : first;
    }
}
