import { _t } from "@web/core/l10n/translation";
import { whyLocked } from "./grid_cell";
import { formatExact } from "./grid_format";
import { formatBlock, GridInputError } from "./grid_input";
import { isFlagged } from "./grid_rows";

const span = (from, to) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

/**
 * The cells of the selection that can be changed, of one measure. Products under a selected family
 * are left out: its change reaches them.
 * @returns {{measure: Object|null, cells: {row: string, column: string}[], locked: string}} `locked`
 *  says why the first closed cell is
 */
export function findTargets(model, cursor) {
    const { top, bottom, left, right } = cursor.range;
    const places = span(top, bottom).map((line) => cursor.at(line, 0)).filter(Boolean);
    const { measure } = [cursor.place, ...places].find((place) => place?.measure.is_editable) || {};
    if (!measure) {
        const { node, measure: closed } = cursor.place;
        return { measure: null, cells: [], locked: whyLocked(model, node, closed, cursor.column) };
    }
    const nodes = places.filter((place) => place.measure === measure).map((place) => place.node);
    const keys = new Set(nodes.map((node) => node.key));
    const cells = [];
    let locked = "";
    for (const node of nodes.filter(({ data }) => !keys.has(data.parent))) {
        for (const index of span(Math.max(0, left), right)) {
            const problem = whyLocked(model, node, measure, index);
            if (!problem) {
                cells.push({ row: node.key, column: model.columns[index].key });
            }
            locked ||= problem;
        }
    }
    return { measure, cells, locked };
}

/** The selected figures as a block for a spreadsheet. */
export function copySelection(cursor) {
    const { top, bottom, left, right } = cursor.range;
    const columns = span(Math.max(0, left), Math.max(0, right));
    return formatBlock(
        span(top, bottom).map((line) => {
            const { node, measure } = cursor.at(line, 0);
            const { cells, total } = node.data;
            return columns.map((index) =>
                formatExact(
                    index === cursor.lastColumn ? total[measure.name] : cells[measure.name]?.[index],
                    measure
                )
            );
        })
    );
}

/** One figure fills the whole selection. */
function fill(model, cursor, value) {
    const { measure, cells, locked } = findTargets(model, cursor);
    if (!cells.length) {
        throw new GridInputError(locked);
    }
    return { measure: measure.name, cells: cells.map((cell) => ({ ...cell, kind: "set", value })) };
}

/**
 * The change that a pasted block makes: its first cell goes to the first selected one, each of its
 * lines to the same measure of the next row.
 * @throws {GridInputError} when a cell is closed or the block too large
 */
export function pasteBlock(model, cursor, block) {
    if (block.length === 1 && block[0].length === 1 && block[0][0] !== null) {
        return fill(model, cursor, block[0][0]);
    }
    const { top, left } = cursor.range;
    const { node: first, measure } = cursor.at(top, 0);
    const start = model.rowIndex.get(first.key);
    const width = Math.max(...block.map((line) => line.length));
    if (start + block.length > model.rows.length || left + width > model.columns.length) {
        throw new GridInputError(
            _t("Nothing was pasted: the block of %(rows)s × %(columns)s cells does not fit here.", {
                rows: block.length,
                columns: width,
            })
        );
    }
    const cells = [];
    block.forEach((line, row) =>
        line.forEach((value, offset) => {
            const node = model.rows[start + row];
            const column = left + offset;
            if (value === null) {
                return;
            }
            const problem = whyLocked(model, node, measure, column);
            if (problem) {
                throw new GridInputError(_t("Nothing was pasted. %s", problem));
            }
            cells.push({ row: node.key, column: model.columns[column].key, kind: "set", value });
        })
    );
    return { measure: measure.name, cells };
}

/** Places of the main measure in reading order, from the cursor on and round. */
function* walk(model, cursor, direction) {
    const { rows, shown, columns } = model;
    const count = rows.length * columns.length;
    const row = Math.floor(cursor.line / shown.length);
    const start = row * columns.length + cursor.column;
    for (let n = 1; n <= count; n++) {
        const at = (((start + direction * n) % count) + count) % count;
        yield { node: rows[Math.floor(at / columns.length)], column: at % columns.length };
    }
}

/** The next place that is amber or worse, undefined where there is none. */
export function findException(model, cursor, direction) {
    for (const place of walk(model, cursor, direction)) {
        if (isFlagged(place.node.data.levels?.[place.column])) {
            return place;
        }
    }
}

/** The next editable `{line, column}` in reading order, undefined after the last. */
export function findEditable(model, cursor, direction) {
    const width = model.columns.length;
    const count = cursor.lineCount * width;
    const column = Math.min(cursor.column, direction < 0 ? width : width - 1);
    for (let at = cursor.line * width + column + direction; at >= 0 && at < count; at += direction) {
        const line = Math.floor(at / width);
        const { node, measure } = cursor.at(line, 0);
        if (!whyLocked(model, node, measure, at % width)) {
            return { line, column: at % width };
        }
    }
}

/** The next editable line in the same column, undefined after the last. */
export function findEditableLine(model, cursor, direction) {
    const { lineCount, column } = cursor;
    for (let line = cursor.line + direction; line >= 0 && line < lineCount; line += direction) {
        const { node, measure } = cursor.at(line, 0);
        if (!whyLocked(model, node, measure, column)) {
            return line;
        }
    }
}
