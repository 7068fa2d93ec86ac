import { Component, onMounted, useRef } from "@odoo/owl";
import { localization } from "@web/core/l10n/localization";
import { arrowStep } from "../grid_keyboard";

/** The input of the active cell. Arrows leave it where it was opened by typing a figure. */
export class GridEditor extends Component {
    static template = "sop_planning.GridEditor";
    static props = {
        entry: String,
        isTyped: { type: Boolean, optional: true },
        label: String,
        // (text, {name, step|direction}|null) -> whether the editor may close
        commit: Function,
        cancel: Function,
    };

    setup() {
        this.input = useRef("input");
        onMounted(() => {
            const { el } = this.input;
            el.value = this.props.entry;
            el.focus({ preventScroll: true });
            if (!this.props.isTyped) {
                el.select();
            }
        });
    }

    findMove({ key, shiftKey }) {
        const direction = shiftKey ? -1 : 1;
        if (key === "Enter") {
            return { name: "line", direction };
        } else if (key === "Tab") {
            return { name: "tab", direction };
        }
        const step = this.props.isTyped && arrowStep(key, localization.direction === "rtl");
        return step ? { name: "step", step } : null;
    }

    onKeydown(ev) {
        // keys of the grid are not meant here
        ev.stopPropagation();
        if (ev.key === "Escape") {
            ev.preventDefault();
            return this.props.cancel();
        }
        const move = this.findMove(ev);
        if (move) {
            ev.preventDefault();
            this.props.commit(this.input.el.value, move);
        }
    }

    onBlur() {
        if (this.input.el) {
            this.props.commit(this.input.el.value, null);
        }
    }
}
