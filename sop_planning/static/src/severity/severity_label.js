import { Component } from "@odoo/owl";

/** A deviation with its glyph, in the fill of its severity. */
export class SeverityLabel extends Component {
    static template = "sop_planning.SeverityLabel";
    static props = {
        severity: String,
        label: String,
    };
}
