import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";

/** How old the figures are, what changed since, how good the data is, and the pack. */
export class DataBar extends Component {
    static template = "sop_planning.DataBar";
    static components = { Dropdown, DropdownItem };
    static props = {
        cycle: Object,
        isRefreshing: Boolean,
        refresh: Function,
        publish: Function,
        openAction: Function,
    };

    get isStale() {
        return this.props.cycle.figures === "stale";
    }

    get staleHelp() {
        const days = Math.floor(this.props.cycle.hours_old / 24);
        return _t("The figures are %s day(s) old: press Refresh to read today's records.", days);
    }

    get changes() {
        return this.props.cycle.changes || { label: "", kinds: [] };
    }

    get health() {
        const { label, issues } = this.props.cycle.health || {};
        if (!label) {
            return "";
        }
        return issues === 1
            ? _t("Data health %s (1 issue)", label)
            : _t("Data health %(label)s (%(issues)s issues)", { label, issues });
    }

    get publishHelp() {
        const { published } = this.props.cycle;
        return published ? _t("Last published %s", published) : "";
    }
}
