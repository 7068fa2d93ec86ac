import { _t } from "@web/core/l10n/translation";
import { parseFloat } from "@web/views/fields/parsers";

/** What was typed cannot be understood; the message says so to the person. */
export class GridInputError extends Error {}

function parseNumber(text) {
    let value;
    try {
        value = parseFloat(text);
    } catch {
        value = NaN;
    }
    if (!Number.isFinite(value)) {
        throw new GridInputError(_t("“%s” is not a number.", text));
    }
    return value;
}

function parseSet(text) {
    const value = parseNumber(text);
    if (value < 0) {
        throw new GridInputError(_t("“%s” is negative: a demand is not.", text));
    }
    return { kind: "set", value };
}

/**
 * What an entry does to a cell: `225`, `=600*1.1`, `+10%`, `-5%`, `+50`, `-50`; an emptied cell goes
 * back to the computed figure.
 * @param {string} entry in the user's language
 * @returns {{kind: "set"|"percent"|"delta"|"reset", value: number}}
 * @throws {GridInputError}
 */
export function parseEntry(entry) {
    // signs and spaces as other programs write them
    const text = entry.replace(/\s/g, "").replace(/[−–]/g, "-");
    if (!text) {
        return { kind: "reset", value: 0 };
    }
    if (text.startsWith("=")) {
        return parseSet(text);
    }
    const isPercent = text.endsWith("%");
    const number = isPercent ? text.slice(0, -1) : text;
    if (/^[+-]/.test(number)) {
        const value = parseNumber(number.replace(/^\+/, ""));
        return { kind: isPercent ? "percent" : "delta", value };
    }
    if (isPercent) {
        throw new GridInputError(_t("Type +%(entry)s or -%(entry)s to change a figure.", { entry: text }));
    }
    return parseSet(text);
}

/**
 * The figures of a block copied from a spreadsheet, null for an empty cell.
 * @param {string} text lines of tab separated figures in the user's language
 * @returns {(number|null)[][]}
 * @throws {GridInputError} names the first cell that is no figure
 */
export function parseBlock(text) {
    const lines = text.replace(/\r/g, "").replace(/\n+$/, "").split("\n");
    return lines.map((line, row) =>
        line.split("\t").map((entry, column) => {
            const cell = entry.trim();
            if (!cell) {
                return null;
            }
            try {
                return parseSet(cell.replace(/[−–]/g, "-")).value;
            } catch (error) {
                if (!(error instanceof GridInputError)) {
                    throw error;
                }
                const place = { row: row + 1, column: column + 1, problem: error.message };
                throw new GridInputError(
                    _t(
                        "Nothing was pasted. Row %(row)s, column %(column)s of the block: %(problem)s",
                        place
                    )
                );
            }
        })
    );
}

export const formatBlock = (lines) => lines.map((cells) => cells.join("\t")).join("\n");
