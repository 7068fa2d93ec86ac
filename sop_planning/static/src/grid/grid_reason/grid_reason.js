import { Component, onMounted, useRef } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";

const LAST_REASON = "sop_planning.last_reason";

/** Why a figure is changed: a number key picks a reason, Enter the one of last time. */
export class GridReason extends Component {
    static template = "sop_planning.GridReason";
    static props = {
        text: String,
        reasons: Array,
        // ({reason_id, note}) once a reason is picked
        pick: Function,
        close: { type: Function, optional: true },
    };

    setup() {
        this.root = useRef("root");
        this.note = useRef("note");
        this.lastId = Number(browser.localStorage.getItem(LAST_REASON));
        onMounted(() => {
            const { el } = this.root;
            (el.querySelector(".o_sop_grid_reason_last") || el.querySelector("button"))?.focus();
        });
    }

    /** The first nine have a key. */
    get reasons() {
        return this.props.reasons.map((reason, index) => ({
            ...reason,
            key: index < 9 ? String(index + 1) : "",
            isLast: reason.id === this.lastId,
        }));
    }

    pick(reason) {
        browser.localStorage.setItem(LAST_REASON, reason.id);
        this.props.pick({ reason_id: reason.id, note: this.note.el.value.trim() });
        this.props.close?.();
    }

    onKeydown(ev) {
        const isNote = ev.target === this.note.el;
        const last = this.reasons.find((reason) => reason.isLast);
        const byKey = !isNote && this.reasons.find((reason) => reason.key === ev.key);
        const picked = byKey || (isNote && ev.key === "Enter" && last);
        if (picked) {
            ev.preventDefault();
            ev.stopPropagation();
            this.pick(picked);
        }
    }
}
