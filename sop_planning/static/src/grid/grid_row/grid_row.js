import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { describeCell, describeTotal } from "../grid_cell";
import { GridEditor } from "../grid_editor/grid_editor";
import { MARKS } from "../grid_rows";

/**
 * A row with all its measures. Its props are plain values that change only with the row itself, so
 * that a change elsewhere does not touch it.
 */
export class GridRow extends Component {
    static template = "sop_planning.GridRow";
    static components = { GridEditor };
    static props = {
        model: Object,
        node: Object,
        rev: Number,
        // position among the rows, distance from the first in pixels
        index: Number,
        top: Number,
        measures: Array,
        columns: Array,
        // first and last time column to draw
        first: Number,
        last: Number,
        isOpen: Boolean,
        // "measure:column" of the active cell, "measure:measure:column:column" of the range
        active: { type: String, optional: true },
        range: { type: String, optional: true },
        // what the editor starts with; null without editor
        entry: { type: [String, { value: null }], optional: true },
        isTyped: { type: Boolean, optional: true },
        commit: { type: Function, optional: true },
        cancel: { type: Function, optional: true },
        isTotals: { type: Boolean, optional: true },
        totalTitle: { type: String, optional: true },
    };
    static defaultProps = { active: "", range: "", entry: null };

    get data() {
        return this.props.node.data;
    }

    get toggleLabel() {
        return this.props.isOpen ? _t("Close %s", this.data.label) : _t("Open %s", this.data.label);
    }

    get openLabel() {
        return _t("Open the record of %s", this.data.label);
    }

    get activePlace() {
        return this.props.active ? this.props.active.split(":").map(Number) : [-1, NaN];
    }

    /** The lines: one for each measure, with its cells. */
    get lines() {
        const { model, node, measures, columns, first, last, index, isTotals } = this.props;
        const [activeLine, activeColumn] = this.activePlace;
        const visible = [];
        for (let column = first; column <= last; column++) {
            visible.push(column);
        }
        if (activeColumn >= 0 && activeColumn < columns.length && !visible.includes(activeColumn)) {
            visible.push(activeColumn);
        }
        return measures.map((measure, line) => ({
            measure,
            ariaIndex: index * measures.length + line + 2,
            id: `${node.key}:${measure.name}`,
            cells: visible.map((column) => ({
                ...describeCell(model, node, measure, column),
                column,
                isActive: !isTotals && line === activeLine && column === activeColumn,
                isSelected: this.isSelected(line, column),
            })),
            total: {
                ...describeTotal(node, measure, this.props.totalTitle),
                isActive: line === activeLine && activeColumn === columns.length,
                isSelected: this.isSelected(line, columns.length),
            },
            isHeadActive: line === activeLine && activeColumn === -1,
        }));
    }

    get isHeadActive() {
        return this.activePlace[1] === -1;
    }

    isSelected(line, column) {
        if (!this.props.range) {
            return false;
        }
        const [from, to, left, right] = this.props.range.split(":").map(Number);
        return line >= from && line <= to && column >= left && column <= right;
    }

    isOverridden(cell) {
        return Boolean(cell.marks & MARKS.overridden);
    }

    hasNote(cell) {
        return Boolean(cell.marks & MARKS.note);
    }

    isEditing(cell) {
        return cell.isActive && this.props.entry !== null;
    }
}
