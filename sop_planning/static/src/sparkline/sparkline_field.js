import { Component, xml } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Sparkline } from "./sparkline";

export class SparklineField extends Component {
    static template = xml`<Sparkline series="props.record.data[props.name]" />`;
    static components = { Sparkline };
    static props = { ...standardFieldProps };
}

registry.category("fields").add("sop_sparkline", {
    component: SparklineField,
    displayName: _t("Sparkline of history and plan"),
    supportedTypes: ["json"],
    listViewWidth: [100, 180],
});
