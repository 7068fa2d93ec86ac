import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { dateField, DateTimeField } from "@web/views/fields/datetime/datetime_field";

/** A month, stored as a date in it: read and picked without its day. */
export class MonthField extends DateTimeField {
    getFormattedValue(valueIndex) {
        const value = this.values[valueIndex];
        return value ? value.toFormat("LLL yyyy") : "";
    }
}

registry.category("fields").add("sop_month", {
    ...dateField,
    component: MonthField,
    displayName: _t("Month"),
    supportedTypes: ["date"],
    listViewWidth: [90, 110],
    extractProps: (...args) => ({ ...dateField.extractProps(...args), minPrecision: "months" }),
});
