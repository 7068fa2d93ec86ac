import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { formatPercentage } from "@web/views/fields/formatters";

/** A decimal only where it can be told apart, below `limit`. */
const decimal = (value, limit) =>
    formatFloat(value, {
        digits: [16, Math.abs(value) < limit ? 1 : 0],
        trailingZeros: false,
    });

// what a figure is measured in -> its text; rates are shares of 1, cents are left out
const FORMATS = {
    percent: (value) => formatPercentage(value, { digits: [16, 1], trailingZeros: true }),
    money: (value, currencyId) => formatCurrency(value, currencyId, { digits: [16, 0] }),
    units: (value) => decimal(value, 10),
    number: (value) => decimal(value, 100),
    hours: (value) => _t("%s h", decimal(value, 100)),
    days: (value) => _t("%s d", decimal(value, 100)),
    text: String,
};

// points of per cent, not per cent of per cent
const CHANGES = {
    ...FORMATS,
    percent: (value) => _t("%s pp", formatFloat(100 * value, { digits: [16, 1] })),
};

/** The text of a figure; an unknown one has none. */
export function formatValue(value, format, currencyId) {
    if (value === null || value === undefined || value === false) {
        return "";
    }
    return typeof value === "number" ? FORMATS[format](value, currencyId) : value;
}

/** The text of a difference, with its sign; "±0" where nothing of it can be seen. */
export function formatChange(change, format, currencyId) {
    if (typeof change !== "number") {
        return change || "";
    }
    const write = CHANGES[format];
    const size = write(Math.abs(change), currencyId);
    // without the symbol of the currency, which may have a digit
    if (!/[1-9]/.test(write(Math.abs(change), false))) {
        return "±0";
    }
    return (change > 0 ? "+" : "-") + size;
}
