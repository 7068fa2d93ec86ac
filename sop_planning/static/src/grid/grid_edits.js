import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { Mutex } from "@web/core/utils/concurrency";

// of these kinds the new figure is the one of another measure
const SOURCES = { last_year: "qty_last_year", statistical: "qty_statistical" };

/** The figure that a change makes of `value`; undefined where only the server knows. */
function estimate(cell, value, row, index) {
    switch (cell.kind) {
        case "set":
            return cell.value;
        case "percent":
            return value * (1 + cell.value / 100);
        case "delta":
            return value + cell.value;
        default:
            return row.cells[SOURCES[cell.kind]]?.[index];
    }
}

/** The changes of a grid: written one after the other, shown at once, taken back on request. */
export class GridEdits {
    constructor(model) {
        this.model = model;
        this.mutex = new Mutex();
        // {ids, change}: what was written, and what was taken back since, the newest last
        this.journal = [];
        this.undone = [];
        this.waiting = 0;
        this.count = 0;
        this.isSettling = false;
        /** Asks the person: `askReason(change, answer) -> {reason_id, note}|null`,
         * `askConflict(change, answer) -> "mine"|"theirs"`, `cancel()`; set by what shows the grid. */
        this.asker = null;
    }

    get isBusy() {
        return this.waiting > 0;
    }

    /** Resolves when everything is written; an open question is answered with "no". */
    async settle() {
        this.isSettling = true;
        this.asker?.cancel();
        await this.mutex.getUnlockedDef();
        this.isSettling = false;
    }

    async _ask(question, change, answer) {
        return this.isSettling || !this.asker ? null : this.asker[question](change, answer);
    }

    write(change) {
        this.undone = [];
        return this._writeShown(change);
    }

    _writeShown(change) {
        this._show(change);
        return this._exec(() => this._write(change).finally(() => this._hide(change)));
    }

    undo() {
        return this._exec(async () => {
            const entry = this.journal.pop();
            if (!entry) {
                this.model.announce(_t("Nothing to undo."));
                return false;
            }
            const answer = await this._call("undo_grid", entry.ids);
            if (!answer) {
                this.journal.push(entry);
                return false;
            }
            this.undone.push(entry.change);
            return this._done(answer, []);
        });
    }

    /** Makes the change that was taken back last once more, with the reason that it had. */
    async redo() {
        await this.mutex.getUnlockedDef();
        const change = this.undone.at(-1);
        if (!change) {
            this.model.announce(_t("Nothing to redo."));
            return false;
        }
        if (!this._isShown(change)) {
            this.model.announce(
                _t("Show the rows, months and unit of the change first, to redo it.")
            );
            return false;
        }
        this.undone.pop();
        const isDone = await this._writeShown(change);
        if (!isDone) {
            this.undone.push(change);
            this._tellCounts();
        }
        return isDone;
    }

    /** Whether the grid has the cells of a change: it may be filtered by now, or show quarters or
     * values. */
    _isShown({ unit, cells }) {
        const isThere = ({ row, column }) => this.model.nodes.has(row) && this._index(column) >= 0;
        return unit === this.model.unit && cells.every(isThere);
    }

    _tellCounts() {
        const { status } = this.model;
        status.canUndo = this.journal.length > 0;
        status.canRedo = this.undone.length > 0;
    }

    async _exec(action) {
        const { status } = this.model;
        this.waiting += 1;
        this.count += 1;
        status.isSaving = true;
        try {
            return await this.mutex.exec(action);
        } finally {
            this.waiting -= 1;
            status.isSaving = this.isBusy;
            this._tellCounts();
            this.model.refreshWhenFree();
        }
    }

    /** The answer of the server, null when it refused: the person is told why. */
    async _call(method, ...args) {
        try {
            return await this.model.call(method, this.model.options, ...args);
        } catch (error) {
            if (!(error instanceof RPCError) || !error.exceptionName?.startsWith("odoo.exceptions.")) {
                throw error;
            }
            this.model.notification.add(error.data?.message || error.message, { type: "danger" });
            this.model.announce(_t("Not saved."));
            return null;
        }
    }

    async _write(change) {
        let { reason_id = null, note = "" } = change;
        for (;;) {
            const { measure } = change;
            // the versions of now: an edit before this one may have changed them
            const cells = change.cells.map((cell) => ({ ...cell, version: this._version(cell) }));
            const answer = await this._call("write_grid", { measure, cells, reason_id, note });
            if (!answer) {
                return false;
            } else if (answer.status === "reason") {
                const reason = await this._ask("askReason", change, answer);
                if (!reason) {
                    this.model.announce(_t("Not saved: a reason is needed."));
                    return false;
                }
                ({ reason_id, note } = reason);
            } else if (answer.status === "conflict") {
                this._hide(change);
                this.model.applyAnswer(answer);
                this.model.announce(answer.text);
                if ((await this._ask("askConflict", change, answer)) !== "mine") {
                    return false;
                }
                this._show(change);
            } else {
                if (answer.journal_ids?.length) {
                    const written = { ...change, unit: this.model.unit, reason_id, note };
                    this.journal.push({ ids: answer.journal_ids, change: written });
                }
                return this._done(answer, change.cells);
            }
        }
    }

    _version({ row, column }) {
        const { data } = this.model.nodes.get(row);
        const index = this._index(column);
        return data.versions ? (data.versions[index] ?? null) : (data.version ?? null);
    }

    _index(column) {
        return this.model.columns.findIndex(({ key }) => key === column);
    }

    async _done(answer, cells) {
        this.model.applyAnswer(answer);
        this.model.announce(answer.text || _t("Saved"));
        await this._refreshUnanswered(answer.rows || [], cells);
        return true;
    }

    /** Products of a changed family that the answer leaves out are read again. */
    async _refreshUnanswered(rows, cells) {
        const answered = new Set(rows.map((row) => row.key));
        const changed = new Set(cells.map((cell) => cell.row));
        for (const key of changed) {
            const children = this.model.nodes.get(key)?.children;
            if (children?.length && !children.some((child) => answered.has(child))) {
                await this.model.refreshChildren(key);
            }
        }
    }

    /** Shows the figures of a change while it is being written. */
    _show({ measure, cells }) {
        for (const cell of cells) {
            const node = this.model.nodes.get(cell.row);
            const index = this._index(cell.column);
            const value = node.data.cells[measure]?.[index];
            const estimated = estimate(cell, value, node.data, index);
            node.pending.set(`${measure}:${index}`, { value: estimated, cell });
            this.model.touch(node);
        }
        this.model.changed();
    }

    _hide({ measure, cells }) {
        let isShown = false;
        for (const cell of cells) {
            const node = this.model.nodes.get(cell.row);
            const place = `${measure}:${this._index(cell.column)}`;
            // a later change of the same cell stays shown
            if (node?.pending.get(place)?.cell === cell) {
                node.pending.delete(place);
                this.model.touch(node);
                isShown = true;
            }
        }
        if (isShown) {
            this.model.changed();
        }
    }
}
