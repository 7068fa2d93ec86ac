import { Component } from "@odoo/owl";
import { figureWords, stateOf } from "../figure_states";

let lastId = 0;

/** A box of the dashboard with its head; instead of its content it says what stands in its way. */
export class Panel extends Component {
    static template = "sop_planning.Panel";
    static props = {
        title: String,
        subtitle: { type: String, optional: true },
        class: { type: String, optional: true },
        data: { type: Object, optional: true },
        figures: { type: String, optional: true },
        emptyIcon: { type: String, optional: true },
        openAction: { type: Function, optional: true },
        slots: { type: Object, optional: true },
    };

    setup() {
        this.headingId = `o_sop_panel_${++lastId}`;
    }

    get data() {
        return this.props.data || { state: "ok" };
    }

    get state() {
        return stateOf(this.data, this.props.figures || "ok");
    }

    get help() {
        return figureWords(this.state);
    }

    get isOpen() {
        return !["blocked", "no_right", "empty"].includes(this.data.state);
    }

    get icon() {
        return { blocked: "fa-wrench", no_right: "fa-lock" }[this.data.state] || this.props.emptyIcon || "fa-check";
    }
}
