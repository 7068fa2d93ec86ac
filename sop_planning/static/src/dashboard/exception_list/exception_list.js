import { Component } from "@odoo/owl";
import { SeverityLabel } from "../../severity/severity_label";

/** The largest open exceptions by money; a click opens one. */
export class ExceptionList extends Component {
    static template = "sop_planning.ExceptionList";
    static components = { SeverityLabel };
    static props = {
        exceptions: Array,
        open: Function,
        openAll: Function,
    };

    /** The sentence without its subject, which stands above it. */
    reason({ subject, reason }) {
        const start = `${subject}: `;
        return reason.startsWith(start) ? reason.slice(start.length) : reason;
    }
}
