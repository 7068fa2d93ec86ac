import { Component, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";

/** What is shown of the grid, and what can be done with it. */
export class GridToolbar extends Component {
    static template = "sop_planning.GridToolbar";
    static components = { Dropdown, DropdownItem };
    static props = {
        model: Object,
        // of the model's data: a change of rows changes the counts
        flagCounts: Object,
        isWhyOpen: Boolean,
        toggleWhy: Function,
        // with the button, for its popover
        adjust: Function,
        exportSheet: { type: Function, optional: true },
    };

    setup() {
        this.status = useState(this.props.model.status);
    }

    get model() {
        return this.props.model;
    }

    get units() {
        const { data, mode } = this.model;
        if (mode === "capacity") {
            return [
                { name: "rate", label: _t("%") },
                { name: "hours", label: _t("Hours") },
            ];
        }
        const units = [{ name: "qty", label: _t("Quantity") }];
        // without the right to amounts there is no currency
        return data.cycle?.currency ? [...units, { name: "amount", label: _t("Value") }] : units;
    }

    get periods() {
        return [
            { name: "month", label: _t("Month") },
            { name: "quarter", label: _t("Quarter") },
        ];
    }

    get hasPeriods() {
        return this.model.mode === "demand";
    }

    get flags() {
        const { red, amber } = this.props.flagCounts;
        const isOn = (flag) => this.model.flags.has(flag);
        return [
            { name: "red", glyph: "▲▲", text: _t("%s red", red), isOn: isOn("red"), count: red },
            { name: "amber", glyph: "▲", text: _t("%s amber", amber), isOn: isOn("amber"), count: amber },
        ];
    }

    isShown(measure) {
        return this.model.shown.includes(measure);
    }
}
