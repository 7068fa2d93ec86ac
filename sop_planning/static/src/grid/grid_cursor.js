const clamp = (value, low, high) => Math.max(low, Math.min(value, high));

/**
 * The active cell and the selected range. A line is one measure of one row; column -1 is the head of
 * the row, the column after the last one its total.
 */
export class GridCursor {
    constructor(model) {
        this.model = model;
        this.line = 0;
        this.column = 0;
        this.anchor = { line: 0, column: 0 };
    }

    get lineCount() {
        return this.model.rows.length * this.model.shown.length;
    }

    get lastColumn() {
        return this.model.columns.length;
    }

    /** `{node, measure, column}` of a line and column; undefined without rows. */
    at(line, column) {
        const { rows, shown } = this.model;
        const node = rows[Math.floor(line / shown.length)];
        return node && { node, measure: shown[line % shown.length], column };
    }

    get place() {
        return this.at(this.line, this.column);
    }

    get isOnHead() {
        return this.column < 0;
    }

    /** The selected lines and columns, ends included. */
    get range() {
        const { line, column, anchor } = this;
        return {
            top: Math.min(line, anchor.line),
            bottom: Math.max(line, anchor.line),
            left: Math.min(column, anchor.column),
            right: Math.max(column, anchor.column),
        };
    }

    get isRange() {
        const { top, bottom, left, right } = this.range;
        return top !== bottom || left !== right;
    }

    move(line, column, isExtending = false) {
        // the head of a row is no part of a range
        const first = isExtending ? 0 : -1;
        this.line = clamp(line, 0, Math.max(0, this.lineCount - 1));
        this.column = clamp(column, first, this.lastColumn);
        if (!isExtending) {
            this.anchor = { line: this.line, column: this.column };
        } else {
            this.anchor.column = Math.max(0, this.anchor.column);
        }
        this._remember();
    }

    moveTo(key, measure, column, isExtending = false) {
        this.move(this._findLine(key, measure), column, isExtending);
    }

    _findLine(key, measure) {
        const { rowIndex, shown } = this.model;
        const offset = shown.findIndex(({ name }) => name === measure);
        return (rowIndex.get(key) ?? 0) * shown.length + Math.max(0, offset);
    }

    _name(line, column) {
        const place = this.at(line, column);
        return place && { key: place.node.key, measure: place.measure.name, column };
    }

    /** The cells by name: lines are others when rows open. */
    _remember() {
        this.model.ui.place = this._name(this.line, this.column);
        this.anchorPlace = this._name(this.anchor.line, this.anchor.column);
    }

    /** Stays on its cells when rows or measures appear or go. */
    restore(place = this.model.ui.place) {
        if (!place) {
            return;
        }
        const { anchorPlace } = this;
        this.moveTo(place.key, place.measure, place.column);
        if (anchorPlace && this.model.rowIndex.has(anchorPlace.key)) {
            const { key, measure, column } = anchorPlace;
            this.anchor = { line: this._findLine(key, measure), column };
            this._remember();
        }
    }

    /** What a row shows of the cursor, as texts that change only with it. */
    describe(index) {
        const count = this.model.shown.length;
        const start = index * count;
        const isHere = this.line >= start && this.line < start + count;
        const { top, bottom, left, right } = this.range;
        const isSelected = this.isRange && top < start + count && bottom >= start;
        const from = Math.max(0, top - start);
        const to = Math.min(count - 1, bottom - start);
        return {
            active: isHere ? `${this.line - start}:${this.column}` : "",
            range: isSelected ? [from, to, left, right].join(":") : "",
        };
    }
}
