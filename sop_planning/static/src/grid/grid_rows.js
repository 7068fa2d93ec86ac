/** Severities, the mildest first. */
export const LEVELS = ["none", "watch", "amber", "red", "critical"];
const AMBER = LEVELS.indexOf("amber");

/** Bits of the marks of a cell. */
export const MARKS = { overridden: 1, sales: 2, note: 4 };

export const isFlagged = (level) => LEVELS.indexOf(level) >= AMBER;

/** "red" where a column of the row is red or worse, "amber" where one is amber, else "". */
export function worstLevel(levels = []) {
    const worst = Math.max(0, ...levels.map((level) => LEVELS.indexOf(level)));
    return worst > AMBER ? "red" : worst === AMBER ? "amber" : "";
}

/** A series with its changes: a list takes its place, `{index: value}` changes some of it. */
function mergeSeries(known, change) {
    if (Array.isArray(change)) {
        return change;
    }
    const merged = [...(known || [])];
    for (const [index, value] of Object.entries(change)) {
        merged[index] = value;
    }
    return merged;
}

/**
 * Puts an answer of the server over a row: only what changed travels.
 * @param {Object} row as of get_grid_data, is changed
 * @param {Object} change the changed keys, the series whole or as `{index: value}`
 */
export function mergeRow(row, change) {
    const { cells, total, levels, glyphs, marks, versions, ...values } = change;
    for (const [measure, series] of Object.entries(cells || {})) {
        row.cells[measure] = mergeSeries(row.cells[measure], series);
    }
    Object.assign(row.total, total);
    for (const [name, series] of Object.entries({ levels, glyphs, marks, versions })) {
        if (series) {
            row[name] = mergeSeries(row[name], series);
        }
    }
    Object.assign(row, values);
}

/** What the browser keeps of a row: `rev` counts its changes, `children` are fetched once. */
export function makeNode(data) {
    data.cells ||= {};
    data.total ||= {};
    return { key: data.key, data, rev: 0, children: null, pending: new Map() };
}
