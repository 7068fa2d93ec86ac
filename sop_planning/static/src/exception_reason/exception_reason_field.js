import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What an exception is about, and under it the arithmetic, which does not name it again. */
export class ExceptionReasonField extends Component {
    static template = "sop_planning.ExceptionReasonField";
    static props = { ...standardFieldProps, withoutSubject: { type: Boolean, optional: true } };

    get subject() {
        return this.props.record.data.subject || "";
    }

    get reason() {
        const reason = this.props.record.data[this.props.name] || "";
        const start = `${this.subject}: `;
        return reason.startsWith(start) ? reason.slice(start.length) : reason;
    }
}

registry.category("fields").add("sop_exception_reason", {
    component: ExceptionReasonField,
    displayName: _t("Exception in two lines"),
    supportedTypes: ["text", "char"],
    fieldDependencies: [{ name: "subject", type: "char" }],
    extractProps: ({ options }) => ({ withoutSubject: Boolean(options.without_subject) }),
    listViewWidth: [260],
});
