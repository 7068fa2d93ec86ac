import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { GridInputError, parseEntry } from "../grid_input";

/** One change of all selected cells: by percent, by units, to a figure, or to another measure. */
export class GridAdjust extends Component {
    static template = "sop_planning.GridAdjust";
    static props = {
        measure: String,
        count: Number,
        // why some selected cells stay as they are
        locked: String,
        // ({kind, value})
        apply: Function,
        close: { type: Function, optional: true },
    };

    setup() {
        this.input = useRef("input");
        this.state = useState({ problem: "" });
        onMounted(() => this.input.el.focus());
    }

    get others() {
        return [
            { kind: "last_year", label: _t("Copy last year") },
            { kind: "statistical", label: _t("Take the statistical forecast") },
            { kind: "reset", label: _t("Back to the computed figure") },
        ];
    }

    applyKind(kind) {
        this.props.apply({ kind, value: 0 });
        this.props.close?.();
    }

    applyEntry() {
        const entry = this.input.el.value;
        if (!entry.trim()) {
            this.state.problem = _t("Type a figure, or how much it changes.");
            return;
        }
        try {
            this.props.apply(parseEntry(entry));
            this.props.close?.();
        } catch (error) {
            if (!(error instanceof GridInputError)) {
                throw error;
            }
            this.state.problem = error.message;
        }
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.applyEntry();
        }
    }
}
