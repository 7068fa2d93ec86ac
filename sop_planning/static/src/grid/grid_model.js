import { reactive } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { shallowEqual } from "@web/core/utils/objects";
import { Model } from "@web/model/model";
import { GridEdits } from "./grid_edits";
import { isFlagged, makeNode, mergeRow, worstLevel } from "./grid_rows";

const UNITS = { demand: "qty", gaps: "qty", capacity: "rate" };

/**
 * The figures of a planning grid. It triggers on its bus "changed" after each change of figures, rows
 * or measures; `rev` of a row tells whether the row itself changed.
 */
export class GridModel extends Model {
    static services = ["orm", "notification"];

    setup({ resModel, archInfo, state = {} }, { notification }) {
        this.resModel = resModel;
        this.mode = archInfo.mode;
        this.notification = notification;
        this.unit = state.unit || UNITS[this.mode];
        this.period = state.period || "month";
        this.measureNames = state.measures || archInfo.measures;
        this.openKeys = new Set(state.openKeys);
        this.flags = new Set(state.flags);
        // what the person sees of the grid, kept while another screen is open
        this.ui = { scroll: { left: 0, top: 0 }, place: null, ...state.ui };
        this.archCanEdit = archInfo.canEdit;
        this.domain = [];
        this.context = {};
        this.groupBy = [];
        this.data = null;
        this.nodes = new Map();
        this.rows = [];
        this.shown = [];
        /** what is told to the person: saving, saved, or a sentence */
        this.status = reactive({
            text: "",
            isSaving: false,
            canUndo: false,
            canRedo: false,
            isLoading: false,
        });
        // somebody else changed figures; the person is typing one
        this.isRefreshDue = false;
        this.isTyping = false;
        this.keepLast = new KeepLast();
        this.edits = new GridEdits(this);
    }

    /** The options of the calls, as the server documents them. */
    get options() {
        return {
            groupby: this.groupBy,
            period: this.period,
            unit: this.unit,
            measures: this.measureNames,
            parent: null,
        };
    }

    get columns() {
        return this.data.columns;
    }

    get canEdit() {
        return this.archCanEdit && Boolean(this.data.edit?.can_edit);
    }

    /** What another screen needs to come back to the same grid. */
    exportState() {
        return {
            unit: this.unit,
            period: this.period,
            measures: this.measureNames,
            openKeys: [...this.openKeys],
            flags: [...this.flags],
            ui: this.ui,
        };
    }

    async load({ domain, context, groupBy }) {
        await this.edits.settle();
        Object.assign(this, { domain, context, groupBy });
        await this._load();
        this._goTo(context.sop_grid_focus);
    }

    /** Starts on the row that the action names, at what deviates first; once. */
    _goTo(key) {
        const node = this.ui.place ? null : this.nodes.get(key);
        if (node) {
            const flagged = (node.data.levels || []).findIndex(isFlagged);
            const measure = this.data.shown[0];
            this.ui.place = { key, measure, column: Math.max(0, flagged) };
        }
    }

    /** Reads everything again, with other options; rows stay open. What was typed is written with
     * those that it was typed in. */
    async reload(options = {}) {
        await this.edits.settle();
        Object.assign(this, options);
        await this._load();
        this.notify();
    }

    async _load() {
        this.status.isLoading = true;
        this.isRefreshDue = false;
        try {
            this._setData(...(await this._fetch()));
        } finally {
            this.status.isLoading = false;
            this.refreshWhenFree();
        }
    }

    /** The top rows with all that goes with them, which of them are open, and what is under those. */
    async _fetch() {
        const data = await this.keepLast.add(this.call("get_grid_data", this.options));
        const open = data.rows.filter((row) => row.has_children && this.openKeys.has(row.key));
        const children = await this.keepLast.add(
            Promise.all(open.map((row) => this._fetchChildren(row.key)))
        );
        return [data, open, children];
    }

    /** Whether nothing is being typed, written or loaded. */
    get isFree() {
        return !this.isTyping && !this.edits.isBusy && !this.status.isLoading;
    }

    /** Reads again what others changed, as soon as the person has finished; the place stays. */
    async refreshWhenFree() {
        if (!this.isRefreshDue || !this.isFree) {
            return;
        }
        this.isRefreshDue = false;
        const { count } = this.edits;
        const fetched = await this._fetch();
        if (!this.isFree || this.edits.count !== count) {
            this.isRefreshDue = true;
            return this.refreshWhenFree();
        }
        this._setData(...fetched);
        this.bus.trigger("changed");
    }

    _setData(data, open, children) {
        this.data = data;
        this.unit = data.unit || this.unit;
        this.measureNames = data.shown;
        this.nodes = new Map(data.rows.map((row) => [row.key, makeNode(row)]));
        open.forEach((row, n) => this._setChildren(row.key, children[n]));
        this.openKeys = new Set(open.map((row) => row.key));
        this.totals = data.totals && makeNode({ key: "totals", ...data.totals });
        this._arrange();
    }

    /** A method of the view's model: `(domain, options, ...args)`. */
    call(method, options, ...args) {
        return this.orm.call(this.resModel, method, [this.domain, options, ...args], {
            context: this.context,
        });
    }

    async _fetchChildren(key) {
        const answer = await this.call("get_grid_data", { ...this.options, parent: key });
        return answer.rows;
    }

    _setChildren(key, rows) {
        for (const row of rows) {
            row.parent ||= key;
            this.nodes.set(row.key, makeNode(row));
        }
        this.nodes.get(key).children = rows.map((row) => row.key);
    }

    /** The visible rows and measures, in order. */
    _arrange() {
        const names = new Set(this.measureNames);
        const shown = this.data.measures.filter((measure) => names.has(measure.name));
        // the same list while it shows the same: rows need not be drawn again
        if (!shallowEqual(shown, this.shown)) {
            this.shown = shown;
        }
        this.rows = [];
        for (const { key } of this.data.rows) {
            const node = this.nodes.get(key);
            if (this.flags.size && !this.flags.has(worstLevel(node.data.levels))) {
                continue;
            }
            this.rows.push(node);
            if (this.openKeys.has(key)) {
                this.rows.push(...(node.children || []).map((child) => this.nodes.get(child)));
            }
        }
        this.rowIndex = new Map(this.rows.map((node, index) => [node.key, index]));
    }

    /** To be called after each change that is no load. */
    changed() {
        this._arrange();
        this.bus.trigger("changed");
    }

    touch(node) {
        node.rev += 1;
    }

    isOpen(key) {
        return this.openKeys.has(key);
    }

    /** Opens or closes a row; what is under it is read once. */
    async toggleRow(key) {
        const node = this.nodes.get(key);
        if (this.openKeys.delete(key)) {
            return this.changed();
        }
        this.openKeys.add(key);
        if (!node.children) {
            const rows = await this._fetchChildren(key);
            if (this.nodes.get(key) !== node) {
                return;
            }
            this._setChildren(key, rows);
        }
        this.changed();
    }

    /** Reads again what is under a row, where it was read before. */
    async refreshChildren(key) {
        const node = this.nodes.get(key);
        if (!this.openKeys.has(key)) {
            node.children = null;
            return;
        }
        const rows = await this._fetchChildren(key);
        for (const row of rows) {
            const known = this.nodes.get(row.key);
            if (known) {
                this._mergeNode(known, row);
            }
        }
        this.changed();
    }

    /** How many rows are red, or amber at most: `{red, amber}`. */
    get flagCounts() {
        const counts = { red: 0, amber: 0 };
        for (const { key } of this.data.rows) {
            const level = worstLevel(this.nodes.get(key).data.levels);
            if (level) {
                counts[level] += 1;
            }
        }
        return counts;
    }

    /** Shows only rows with one of the chosen flags, "red" or "amber"; all without a flag. */
    toggleFlag(flag) {
        if (!this.flags.delete(flag)) {
            this.flags.add(flag);
        }
        this.changed();
    }

    /** Shows or hides a measure; its figures are read when they are not here yet. */
    async toggleMeasure(name) {
        const names = new Set(this.measureNames);
        if (!names.delete(name)) {
            names.add(name);
        } else if (!names.size) {
            return;
        }
        const order = this.data.measures.map((measure) => measure.name);
        this.measureNames = order.filter((measure) => names.has(measure));
        const isHere = [...this.nodes.values()].every(({ data }) =>
            this.measureNames.every((measure) => data.cells[measure])
        );
        return isHere ? this.changed() : this.reload();
    }

    /** Quantity or value, hours or percent: the measures are the default ones of the unit. */
    setUnit(unit) {
        return this.reload({ unit, measureNames: null });
    }

    setPeriod(period) {
        return this.reload({ period });
    }

    _mergeNode(node, change) {
        mergeRow(node.data, change);
        this.touch(node);
    }

    /** Takes over the rows and totals of an answer. */
    applyAnswer({ rows = [], totals }) {
        for (const row of rows) {
            const node = this.nodes.get(row.key);
            if (node) {
                this._mergeNode(node, row);
            }
        }
        if (totals && this.totals) {
            this._mergeNode(this.totals, totals);
        }
        this.changed();
    }

    /**
     * Writes a change, after those before it. The person is asked where a reason is missing or where
     * somebody else was faster.
     * @param {{measure: string, cells: {row: string, column: string, kind: string, value: number}[],
     *  reason_id?: number, note?: string}} change
     * @returns {Promise<boolean>} whether it was written
     */
    write(change) {
        return this.edits.write(change);
    }

    /** Takes the last change of this screen back. */
    undo() {
        return this.edits.undo();
    }

    /** Makes the change that was taken back last once more. */
    redo() {
        return this.edits.redo();
    }

    /** Says a sentence to screen readers and in the toolbar. */
    announce(text) {
        this.status.text = String(text);
    }
}
