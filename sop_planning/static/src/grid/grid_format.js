import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { formatPercentage } from "@web/views/fields/formatters";

const decimals = (value, limit) => (Math.abs(value) < limit && value % 1 ? 1 : 0);

// what a figure is measured in -> its text
const FORMATS = {
    qty: (value) => formatFloat(value, { digits: [16, decimals(value, 10)] }),
    amount: (value) => formatFloat(value, { digits: [16, 0] }),
    hours: (value) => formatFloat(value, { digits: [16, decimals(value, 100)] }),
    rate: (value) => formatPercentage(value, { digits: [16, 0] }),
};

const isNumber = (value) => typeof value === "number";

/** A rate of change has a sign, a load has none. */
const isSigned = ({ name, is_signed }) => is_signed ?? /deviation|change/.test(name);

/** The text of a figure in the user's language; nothing where there is none. */
export function formatFigure(value, measure) {
    if (!isNumber(value)) {
        return "";
    } else if (!value && measure.is_shortage) {
        return "·";
    }
    const text = FORMATS[measure.kind](value);
    return isSigned(measure) && value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** The same for a spreadsheet: exact, without separators of thousands. */
export function formatExact(value, { kind }) {
    if (!isNumber(value)) {
        return "";
    }
    const options = { digits: [16, 4], thousandsSep: "", trailingZeros: false };
    return kind === "rate" ? `${formatFloat(100 * value, options)}%` : formatFloat(value, options);
}

export const levelLabel = (level) =>
    ({
        watch: _t("watch"),
        amber: _t("amber"),
        red: _t("red"),
        critical: _t("critical"),
    })[level] || "";

/** "29 percent above the reference", for screen readers; nothing without a deviation. */
export function describeDeviation(deviation) {
    if (!isNumber(deviation) || Math.abs(deviation) < 0.005) {
        return "";
    }
    const percent = formatFloat(Math.abs(100 * deviation), { digits: [16, 0] });
    return deviation > 0
        ? _t("%s percent above the reference", percent)
        : _t("%s percent below the reference", percent);
}
