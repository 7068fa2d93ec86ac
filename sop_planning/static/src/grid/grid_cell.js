import { _t } from "@web/core/l10n/translation";
import { describeDeviation, formatFigure, levelLabel } from "./grid_format";
import { MARKS } from "./grid_rows";

/** The measure that the severities of a row belong to: the first one shown. */
const isMain = (model, measure) => model.shown[0] === measure;

/** Severities colour the main measure and its rate of change. */
const isColoured = (model, measure) =>
    isMain(model, measure) || (model.mode === "demand" && measure.name === "deviation");

/**
 * Why a cell cannot be changed, in a sentence; nothing where it can.
 * @param {GridModel} model
 * @param {Object} node a row of the model
 * @param {Object} measure
 * @param {number} index of the column
 */
export function whyLocked(model, { data }, measure, index) {
    const column = model.columns[index];
    if (!model.canEdit) {
        return model.data.edit?.reason || _t("These figures are for reading only.");
    } else if (!measure.is_editable) {
        return measure.locked_text || _t("%s is computed: it cannot be typed.", measure.label);
    } else if (!column) {
        return _t("A total is changed by changing its columns.");
    } else if (column.is_frozen) {
        return column.frozen_text || _t("%s is frozen.", column.title || column.label);
    } else if (data.is_locked) {
        return data.locked_text || _t("%s is locked.", data.label);
    } else if (!data.is_editable) {
        return _t("%s is not yours to change.", data.label);
    }
    return "";
}

/** A lock is shown where a figure that people usually change is closed. */
const isClosed = (model, { data }, measure, column) =>
    measure.is_editable && Boolean(data.is_locked || column?.is_frozen);

function describeMarks(bits) {
    return [
        bits & MARKS.overridden && _t("changed by a person"),
        bits & MARKS.sales && _t("with sales input"),
        bits & MARKS.note && _t("with a note"),
    ].filter(Boolean);
}

function readValue(node, measure, index) {
    const pending = node.pending.get(`${measure.name}:${index}`);
    const value = node.data.cells[measure.name]?.[index];
    return { value: pending?.value ?? value, isSaving: Boolean(pending) };
}

/** A load in order has steps of its own, so that a heat map has no white spots. */
function loadStep(model, { kind }, value, level) {
    if (model.mode !== "capacity" || kind !== "rate" || level !== "none") {
        return "";
    }
    return value >= 0.7 ? "o_sop_load_2" : value >= 0.4 ? "o_sop_load_1" : "";
}

/**
 * All that a cell shows.
 * @returns {{text: string, glyph: string, level: string, step: string, marks: number, isSaving: boolean,
 *  isLocked: boolean, isReadonly: boolean, help: string, label: string}}
 */
export function describeCell(model, node, measure, index) {
    const { data } = node;
    const column = model.columns[index];
    const { value, isSaving } = readValue(node, measure, index);
    const text = formatFigure(value, measure);
    const level = (isColoured(model, measure) && data.levels?.[index]) || "none";
    const marks = (isMain(model, measure) && data.marks?.[index]) || 0;
    const locked = whyLocked(model, node, measure, index);
    const isLocked = isClosed(model, node, measure, column);
    const words = [
        measure.label,
        data.label,
        column.label,
        text || _t("no figure"),
        levelLabel(level),
        level === "none" ? "" : describeDeviation(data.cells.deviation?.[index]),
        ...describeMarks(marks),
        isLocked ? _t("locked") : "",
        isSaving ? _t("saving") : "",
    ];
    return {
        text,
        glyph: level === "none" ? "" : data.glyphs?.[index] || "",
        level,
        step: loadStep(model, measure, value, level),
        marks,
        isZero: value === 0,
        isSaving,
        isLocked,
        isReadonly: Boolean(locked),
        help: isLocked ? locked : "",
        label: words.filter((word) => String(word)).join(", "),
    };
}

/** The total of a row: no severity, nothing to change. */
export function describeTotal(node, measure, title) {
    const text = formatFigure(node.data.total[measure.name], measure);
    const label = [measure.label, node.data.label, title, text || _t("no figure")].join(", ");
    return { text, label };
}
