import { Component, onMounted, useRef } from "@odoo/owl";

/** Somebody else changed the figure meanwhile: theirs is shown, mine can be entered again. */
export class GridConflict extends Component {
    static template = "sop_planning.GridConflict";
    static props = {
        text: String,
        // what I entered
        mine: String,
        // ("mine"|"theirs")
        pick: Function,
        close: { type: Function, optional: true },
    };

    setup() {
        this.first = useRef("first");
        onMounted(() => this.first.el.focus());
    }

    pick(choice) {
        this.props.pick(choice);
        this.props.close?.();
    }
}
