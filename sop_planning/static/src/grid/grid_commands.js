import { _t } from "@web/core/l10n/translation";
import { whyLocked } from "./grid_cell";
import { formatExact } from "./grid_format";
import { findEditable, findEditableLine, findException, findTargets } from "./grid_targets";

/**
 * What the keys do. Each command gets the renderer and the command of the keyboard; it answers false
 * when the key is not meant for the grid.
 */
export const commands = {
    step({ cursor, model }, { step: [lines, columns], isExtending }) {
        const { node, measure } = cursor.place;
        if (!cursor.isOnHead || isExtending) {
            return cursor.move(cursor.line + lines, cursor.column + columns, isExtending);
        }
        const { key, data } = node;
        const isOpen = model.isOpen(key);
        if (columns > 0 && data.has_children && !isOpen) {
            model.toggleRow(key);
        } else if (columns > 0) {
            cursor.move(cursor.line, 0);
        } else if (columns < 0 && isOpen) {
            model.toggleRow(key);
        } else if (columns < 0 && data.parent) {
            cursor.moveTo(data.parent, measure.name, -1);
        } else {
            // on the head, the next line is the next row
            cursor.move(cursor.line + lines * model.shown.length, -1);
        }
    },

    jump({ cursor }, { step: [lines, columns], isExtending }) {
        const { lineCount, lastColumn } = cursor;
        const line = lines ? (lines > 0 ? lineCount - 1 : 0) : cursor.line;
        const column = columns ? (columns > 0 ? lastColumn - 1 : 0) : cursor.column;
        cursor.move(line, column, isExtending);
    },

    home({ cursor }, { isFar, isExtending }) {
        cursor.move(isFar ? 0 : cursor.line, 0, isExtending);
    },

    end({ cursor }, { isFar, isExtending }) {
        cursor.move(isFar ? cursor.lineCount - 1 : cursor.line, cursor.lastColumn - 1, isExtending);
    },

    page({ cursor, pageSize }, { step: [lines], isExtending }) {
        cursor.move(cursor.line + lines * pageSize, cursor.column, isExtending);
    },

    all({ cursor }) {
        cursor.move(0, 0);
        cursor.move(cursor.lineCount - 1, cursor.lastColumn - 1, true);
    },

    /** Out of the grid after the last editable cell. */
    tab({ cursor, model }, { direction }) {
        const place = findEditable(model, cursor, direction);
        if (!place) {
            return false;
        }
        cursor.move(place.line, place.column);
    },

    line({ cursor, model }, { direction }) {
        cursor.move(findEditableLine(model, cursor, direction) ?? cursor.line, cursor.column);
    },

    exception({ cursor, model }, { direction }) {
        const place = findException(model, cursor, direction);
        if (!place) {
            return model.announce(_t("No cell is amber or red."));
        }
        cursor.moveTo(place.node.key, model.shown[0].name, place.column);
    },

    edit(grid) {
        const { cursor, model } = grid;
        const { node, measure, column } = cursor.place;
        if (cursor.isOnHead) {
            return node.data.res_id ? grid.openRecord(node) : commands.why(grid);
        } else if (!model.canEdit || !measure.is_editable) {
            return grid.props.toggleWhy(true);
        }
        const value = node.data.cells[measure.name]?.[column];
        grid.startEntry(formatExact(value, measure), false);
    },

    type(grid, { text }) {
        if (grid.cursor.isOnHead) {
            return false;
        }
        grid.startEntry(text, true);
    },

    reset(grid) {
        const { cursor, model } = grid;
        const { measure, cells, locked } = findTargets(model, cursor);
        if (!cells.length) {
            return grid.refuse(locked);
        }
        const reset = cells.map((cell) => ({ ...cell, kind: "reset", value: 0 }));
        model.write({ measure: measure.name, cells: reset });
    },

    why({ cursor, model, props }) {
        const { node } = cursor.place;
        if (!cursor.isOnHead) {
            props.toggleWhy();
        } else if (node.data.has_children) {
            model.toggleRow(node.key);
        }
    },

    escape({ cursor, props }) {
        if (cursor.isRange) {
            cursor.move(cursor.line, cursor.column);
        } else {
            props.toggleWhy(false);
        }
    },

    undo({ model }) {
        model.undo();
    },

    redo({ model }) {
        model.redo();
    },
};

/** Why the active cell cannot be typed in; nothing where it can. */
export function whyActiveLocked({ cursor, model }) {
    const { node, measure, column } = cursor.place;
    return whyLocked(model, node, measure, column);
}
