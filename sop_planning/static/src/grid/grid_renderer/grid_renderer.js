import {
    Component,
    onMounted,
    onPatched,
    onWillUnmount,
    onWillUpdateProps,
    useExternalListener,
    useRef,
} from "@odoo/owl";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { useBus, useService } from "@web/core/utils/hooks";
import { useVirtualGrid } from "@web/core/virtual_grid_hook";
import { commands, whyActiveLocked } from "../grid_commands";
import { GridHeader } from "../grid_header/grid_header";
import { GridInputError, parseBlock, parseEntry } from "../grid_input";
import { findCommand } from "../grid_keyboard";
import { useGridQuestions } from "../grid_questions";
import { GridRow } from "../grid_row/grid_row";
import { copySelection, pasteBlock } from "../grid_targets";
import { findSizes } from "./grid_sizes";

/** The table: draws the rows and columns in sight, moves the cursor, opens the editor. */
export class GridRenderer extends Component {
    static template = "sop_planning.GridRenderer";
    static components = { GridHeader, GridRow };
    static props = {
        model: Object,
        cursor: Object,
        // the active cell is another one
        onMove: Function,
        // (isOpen?) opens or closes the panel of the active cell
        toggleWhy: Function,
    };

    setup() {
        this.action = useService("action");
        this.scroll = useRef("scroll");
        this.notification = useService("notification");
        this.entry = null;
        this.isTyped = false;
        this.isDragging = false;
        this.isFocusDue = false;
        this.virtual = useVirtualGrid({
            scrollableRef: this.scroll,
            initialScroll: this.model.ui.scroll,
            bufferCoef: 0.5,
        });
        this.questions = useGridQuestions(this.model, this.scroll, () => this.focus());
        useBus(this.model.bus, "changed", () => this.refresh());
        useBus(this.model.bus, "commit", () => this.finishEntry());
        useExternalListener(window, "resize", () => this.refresh());
        useExternalListener(window, "mouseup", () => (this.isDragging = false));
        onWillUpdateProps(() => this.arrange());
        onMounted(() => {
            const { left, top } = this.model.ui.scroll;
            Object.assign(this.scroll.el, { scrollLeft: left, scrollTop: top });
            if (!left && !top) {
                this.reveal();
            }
        });
        onPatched(() => this.focusWhenDue());
        onWillUnmount(() => this.endEntry());
        this.arrange();
    }

    get model() {
        return this.props.model;
    }

    get cursor() {
        return this.props.cursor;
    }

    get isRtl() {
        return localization.direction === "rtl";
    }

    get isEditing() {
        return this.entry !== null;
    }

    // -- what is in sight

    /** To be called when rows, columns or measures are others. */
    arrange() {
        const { rows, shown, columns } = this.model;
        this.sizes = findSizes(this.model);
        this.rowHeight = this.sizes.line * shown.length;
        this.virtual.setRowsHeights(rows.map(() => this.rowHeight));
        this.virtual.setColumnsWidths(columns.map(() => this.sizes.column));
        this.cursor.restore();
    }

    refresh() {
        this.arrange();
        this.render();
    }

    get style() {
        const { head, measure, column, total, line, frozen } = this.sizes;
        const count = this.model.columns.length;
        return [
            `--sop-grid-columns: ${head}px ${measure}px repeat(${count}, ${column}px) ${total}px`,
            `--sop-grid-line: ${line}px`,
            `--sop-grid-head: ${head}px`,
            `--sop-grid-frozen: ${frozen}px`,
            `--sop-grid-width: ${head + measure + count * column + total}px`,
        ].join(";");
    }

    /** The rows in sight, and the active one wherever it is: it keeps the focus. */
    get visibleRows() {
        const { rows } = this.model;
        const [first, last] = this.virtual.rowsIndexes || [];
        const indexes = [];
        for (let index = first ?? 0; index <= (last ?? -1); index++) {
            indexes.push(index);
        }
        const active = Math.floor(this.cursor.line / this.model.shown.length);
        if (rows[active] && !indexes.includes(active)) {
            indexes.push(active);
        }
        return indexes.filter((index) => rows[index]).map((index) => this.describeRow(index));
    }

    describeRow(index) {
        const node = this.model.rows[index];
        const { active, range } = this.cursor.describe(index);
        return {
            node,
            index,
            active,
            range,
            top: index * this.rowHeight,
            isOpen: this.model.isOpen(node.key),
            entry: active ? this.entry : null,
            isTyped: Boolean(active) && this.isTyped,
        };
    }

    get visibleColumns() {
        const [first = 0, last = -1] = this.virtual.columnsIndexes || [];
        return { first, last };
    }

    get pageSize() {
        return Math.max(1, Math.floor(this.scroll.el.clientHeight / this.sizes.line) - 4);
    }

    get firstColumnTitle() {
        const { data, shown, unit } = this.model;
        const words = [shown.length === 1 && shown[0].label];
        words.push(unit === "amount" && data.cycle?.currency?.symbol);
        return words.filter(Boolean).join(" · ");
    }

    get totalTitle() {
        return this.model.data.total_label || _t("Total");
    }

    // -- the cursor and the focus

    moved() {
        this.isFocusDue = true;
        this.reveal();
        this.props.onMove();
        this.render();
    }

    focusWhenDue() {
        if (this.isFocusDue && !this.isEditing && !this.questions.isOpen) {
            this.focus();
        }
        this.isFocusDue = false;
    }

    focus() {
        this.scroll.el?.querySelector(".o_sop_grid_active")?.focus({ preventScroll: true });
    }

    /** Scrolls until the active cell is not under the frozen parts. */
    reveal() {
        const { el } = this.scroll;
        const { line: height, column: width, frozen, total, header } = this.sizes;
        const totals = this.model.totals ? this.rowHeight : 0;
        const shift = (start, size, position, room) =>
            start < position ? start : Math.max(position, start + size - room);
        const { line, column, lastColumn } = this.cursor;
        const room = el.clientHeight - header - totals;
        el.scrollTop = shift(line * height, height, el.scrollTop, room);
        if (column >= 0 && column < lastColumn) {
            const across = el.clientWidth - frozen - total;
            const left = shift(column * width, width, Math.abs(el.scrollLeft), across);
            el.scrollLeft = this.isRtl ? -left : left;
        }
    }

    onScroll() {
        const { scrollLeft, scrollTop } = this.scroll.el;
        this.model.ui.scroll = { left: scrollLeft, top: scrollTop };
    }

    onKeydown(ev) {
        if (this.isEditing) {
            return this.typeAhead(ev);
        }
        const command = this.cursor.place && findCommand(ev, this.isRtl);
        if (!command || ev.target.closest("button")) {
            return;
        }
        if (commands[command.name](this, command) !== false) {
            ev.preventDefault();
            ev.stopPropagation();
            this.moved();
        }
    }

    // -- entries

    refuse(text) {
        this.notification.add(text, { type: "warning" });
        this.model.announce(text);
    }

    startEntry(text, isTyped) {
        const locked = whyActiveLocked(this);
        if (locked) {
            return this.refuse(locked);
        }
        this.initialEntry = text;
        this.entry = text;
        this.isTyped = isTyped;
        this.model.isTyping = true;
    }

    endEntry() {
        this.entry = null;
        this.model.isTyping = false;
    }

    /** Keys that come before the editor is drawn belong to it. */
    typeAhead(ev) {
        const { key, shiftKey, ctrlKey, metaKey, altKey } = ev;
        if (ctrlKey || metaKey || altKey) {
            return;
        }
        const name = { Enter: "line", Tab: "tab" }[key];
        if (name) {
            this.commitEntry(this.entry, { name, direction: shiftKey ? -1 : 1 });
        } else if (key === "Escape") {
            this.cancelEntry();
        } else if (key === "Backspace" || key.length === 1) {
            this.entry = key === "Backspace" ? this.entry.slice(0, -1) : this.entry + key;
            this.isTyped = true;
            this.render();
        } else {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
    }

    /**
     * @param {string} text
     * @param {Object|null} move the command that ended the entry; null when the focus went elsewhere
     */
    commitEntry(text, move) {
        if (!this.isEditing) {
            return;
        }
        const { node, measure, column } = this.cursor.place;
        const isChanged = this.isTyped || text !== this.initialEntry;
        const entry = this.tryInput(() => parseEntry(text));
        if (!entry && move) {
            return;
        }
        this.endEntry();
        if (entry && isChanged) {
            const cell = { row: node.key, column: this.model.columns[column].key, ...entry };
            this.model.write({ measure: measure.name, cells: [cell] });
        }
        this.model.refreshWhenFree();
        if (move) {
            commands[move.name](this, move);
            this.moved();
        } else {
            this.render();
        }
    }

    cancelEntry() {
        this.endEntry();
        this.model.refreshWhenFree();
        this.moved();
    }

    /** Ends an open entry as if the person had left it. */
    finishEntry() {
        const input = this.scroll.el.querySelector(".o_sop_grid_editor");
        if (input) {
            this.commitEntry(input.value, null);
        }
    }

    /** The value of a function; a wrong input is told to the person. */
    tryInput(read) {
        try {
            return read();
        } catch (error) {
            if (!(error instanceof GridInputError)) {
                throw error;
            }
            this.refuse(error.message);
        }
    }

    onCopy(ev) {
        if (this.cursor.place) {
            ev.preventDefault();
            ev.clipboardData.setData("text/plain", copySelection(this.cursor));
            this.model.announce(_t("Copied"));
        }
    }

    onPaste(ev) {
        ev.preventDefault();
        const text = ev.clipboardData.getData("text/plain");
        if (!text.trim() || this.cursor.isOnHead) {
            return;
        }
        const change = this.tryInput(() => pasteBlock(this.model, this.cursor, parseBlock(text)));
        if (change?.cells.length) {
            this.model.write(change);
        }
    }

    // -- the mouse

    findPlace(ev) {
        const el = ev.target.closest("[data-column]");
        return el && { ...el.dataset, column: Number(el.dataset.column) };
    }

    onMousedown(ev) {
        const place = this.findPlace(ev);
        const isCell = place && this.model.rowIndex.has(place.row);
        if (!isCell || ev.button !== 0 || ev.target.closest("[data-action]")) {
            return;
        }
        this.finishEntry();
        this.cursor.moveTo(place.row, place.measure, place.column, ev.shiftKey);
        this.isDragging = place.column >= 0;
        this.moved();
    }

    onMousemove(ev) {
        const place = this.isDragging && ev.buttons & 1 && this.findPlace(ev);
        if (place && place.column >= 0 && this.model.rowIndex.has(place.row)) {
            const { line, column } = this.cursor;
            this.cursor.moveTo(place.row, place.measure, place.column, true);
            if (line !== this.cursor.line || column !== this.cursor.column) {
                this.moved();
            }
        }
    }

    onClick(ev) {
        const action = ev.target.closest("[data-action]")?.dataset.action;
        const node = action && this.model.nodes.get(this.findPlace(ev).row);
        if (action === "toggle") {
            this.model.toggleRow(node.key);
        } else if (action === "open") {
            this.openRecord(node);
        }
    }

    onDblclick(ev) {
        const place = this.findPlace(ev);
        const node = place && this.model.nodes.get(place.row);
        if (!node || ev.target.closest("button")) {
            return;
        }
        if (place.column >= 0) {
            this.props.toggleWhy(true);
        } else if (node.data.has_children) {
            this.model.toggleRow(node.key);
        }
    }

    openRecord({ data }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: data.res_model,
            res_id: data.res_id,
            views: [[false, "form"]],
        });
    }
}
