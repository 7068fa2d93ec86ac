import { onWillUnmount } from "@odoo/owl";
import { usePopover } from "@web/core/popover/popover_hook";
import { formatFigure } from "./grid_format";
import { GridConflict } from "./grid_conflict/grid_conflict";
import { GridReason } from "./grid_reason/grid_reason";

/** The element of a cell, within `root`. */
export function findCell(root, { row, measure, column }) {
    const place = { row, measure, column };
    const selector = Object.entries(place).map(([name, value]) => `[data-${name}="${CSS.escape(value)}"]`);
    return root.querySelector(selector.join(""));
}

/**
 * Asks at the changed cell for a reason, or what to do when somebody else was faster.
 * @param {GridModel} model
 * @param {{el: HTMLElement}} rootRef holds the cells
 * @param {() => void} onAnswer called when a question is closed
 */
export function useGridQuestions(model, rootRef, onAnswer) {
    let resolve = null;
    const answer = (value) => {
        resolve?.(value);
        resolve = null;
    };
    const options = {
        position: "bottom-middle",
        popoverClass: "o_sop_grid_popover",
        onClose: () => {
            answer(null);
            onAnswer();
        },
    };
    const reason = usePopover(GridReason, options);
    const conflict = usePopover(GridConflict, options);

    function ask(popover, { measure, cells }, props) {
        const [{ row, column }] = cells;
        const index = model.columns.findIndex(({ key }) => key === column);
        const cell = findCell(rootRef.el, { row, measure, column: String(index) });
        return new Promise((settled) => {
            resolve = settled;
            popover.open(cell || rootRef.el, { ...props, pick: answer });
        });
    }

    function describeMine({ measure, cells }) {
        const [{ kind, value }] = cells;
        const found = model.shown.find(({ name }) => name === measure);
        if (cells.length > 1 || !["set", "percent", "delta"].includes(kind) || !found) {
            return "";
        }
        const sign = kind !== "set" && value > 0 ? "+" : "";
        return `${sign}${formatFigure(value, found)}${kind === "percent" ? "%" : ""}`;
    }

    const asker = {
        askReason: (change, { text }) =>
            ask(reason, change, { text: text || "", reasons: model.data.edit.reasons }),
        askConflict: (change, { text }) =>
            ask(conflict, change, { text: text || "", mine: describeMine(change) }),
        cancel: () => {
            reason.close();
            conflict.close();
        },
    };
    model.edits.asker = asker;
    onWillUnmount(() => {
        if (model.edits.asker === asker) {
            answer(null);
            model.edits.asker = null;
        }
    });
    return {
        get isOpen() {
            return reason.isOpen || conflict.isOpen;
        },
    };
}
