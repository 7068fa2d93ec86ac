import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatPercentage } from "@web/views/fields/formatters";
import { percentageField } from "@web/views/fields/percentage/percentage_field";

/** A rate in per cent; "n/a" where there is nothing to relate it to, which is not 0 %. */
export function formatRate(value, options) {
    return value === false || value === null ? _t("n/a") : formatPercentage(value, options);
}
formatRate.extractOptions = formatPercentage.extractOptions;

registry.category("formatters").add("sop_rate", formatRate);
registry.category("fields").add("sop_rate", percentageField);
