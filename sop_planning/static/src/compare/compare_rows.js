import { _t } from "@web/core/l10n/translation";
import { formatChange, formatValue } from "./compare_format";

const isKnown = (value) => typeof value === "number";

/** Which values are the best as shown: equal texts share the mark; none where all are equal. */
function findBest(values, texts, better) {
    const known = values.filter(isKnown);
    const shown = new Set(texts.filter((text, index) => isKnown(values[index])));
    if (!better || shown.size < 2) {
        return values.map(() => false);
    }
    const best = better === "more" ? Math.max(...known) : Math.min(...known);
    const bestText = texts[values.indexOf(best)];
    return values.map((value, index) => isKnown(value) && texts[index] === bestText);
}

/** "better" or "worse" than the base, "" where that is not said. */
function judge(change, text, better) {
    if (!better || !isKnown(change) || text === "±0") {
        return "";
    }
    return change > 0 === (better === "more") ? "better" : "worse";
}

/** The row of a measure: `{key, label, help, better, cells: [{text, note, tone, isBest}]}`. */
function makeRow(measure, { cycle, scenarios }) {
    const { name, label, help = "", format, better = "", values, changes = [] } = measure;
    const texts = values.map((value) => formatValue(value, format, cycle.currency_id));
    const best = findBest(values, texts, better);
    const cells = texts.map((text, index) => {
        const change = scenarios[index].kind === "base" ? null : changes[index];
        const note = formatChange(change, format, cycle.currency_id);
        return { text, note, tone: judge(change, note, better), isBest: best[index] };
    });
    return { key: name, label, help, better, cells };
}

/** What is late of a family: its worth, with the quantity as a note; for who does not see amounts,
 * the quantity alone. */
function makeFamilyRow({ name, values }, index, data) {
    const measure = { name: `family_${index}`, label: name, better: "less" };
    if (data.cycle.sees_money === false) {
        const quantities = values.map((late) => (late ? late.qty : null));
        return makeRow({ ...measure, format: "units", values: quantities }, data);
    }
    const amounts = values.map((late) => (late ? late.amount : null));
    const row = makeRow({ ...measure, format: "money", values: amounts }, data);
    values.forEach((late, column) => {
        row.cells[column].note = late ? _t("%s units", formatValue(late.qty, "units")) : "";
    });
    return row;
}

/** The effect on cash in a month is a difference to the base in itself. */
function makeMonthRow({ label, values }, index, { cycle }) {
    const cells = values.map((value) => ({
        text: isKnown(value) ? formatChange(value, "money", cycle.currency_id) : "",
        note: "",
        tone: "",
        isBest: false,
    }));
    return { key: `month_${index}`, label, help: "", better: "", cells };
}

function makeBindsRow({ scenarios }) {
    const cells = scenarios.map(({ binds, state }) => ({
        text: state === "done" ? _t("Nothing") : "",
        note: "",
        tone: "",
        isBest: false,
        items: binds,
    }));
    const label = _t("What binds");
    const help = _t("The limits that hold a plan back, and what one more unit of each is worth.");
    return { key: "binds", label, help, better: "", cells };
}

/** The rows in their groups: `[{name, label, note, rows}]`; empty groups are left out. */
export function makeGroups(data) {
    const { sections = [], families = [], months = [], scenarios } = data;
    const groups = sections.map(({ name, label, rows }) => ({
        name,
        label,
        note: "",
        rows: rows.map((row) => makeRow(row, data)),
    }));
    groups.push({
        name: "binds",
        label: _t("Limits"),
        note: "",
        rows: scenarios.some(({ binds }) => binds?.length) ? [makeBindsRow(data)] : [],
    });
    groups.push({
        name: "families",
        label: _t("Late by family"),
        note: data.cycle.sees_money === false ? _t("quantity") : _t("value and quantity"),
        rows: families.map((family, index) => makeFamilyRow(family, index, data)),
    });
    groups.push({
        name: "months",
        label: _t("Cash effect by month"),
        note: _t("against the base plan"),
        rows: months.map((month, index) => makeMonthRow(month, index, data)),
    });
    return groups.filter(({ rows }) => rows.length);
}
