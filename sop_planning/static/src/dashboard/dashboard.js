import { Component, onWillStart, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useRefresh } from "../refresh/refresh_hook";
import { RefreshStrip } from "../refresh/refresh_strip";
import { CycleSteps } from "./cycle_steps/cycle_steps";
import { ExceptionList } from "./exception_list/exception_list";
import { FamilyTable } from "./family_table/family_table";
import { Tiles } from "./tiles/tiles";

// the nightly refresh missed its turn
const STALE_HOURS = 26;

/** The state of a cycle on one screen; figures are the stored ones, every one opens its records. */
export class SopDashboard extends Component {
    static template = "sop_planning.Dashboard";
    static components = {
        CycleSteps,
        Dropdown,
        DropdownItem,
        ExceptionList,
        FamilyTable,
        Layout,
        RefreshStrip,
        Tiles,
    };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.display = { controlPanel: {} };
        this.state = useState({
            cycleId: false,
            showAll: false,
            data: {},
            ...this.props.state,
        });
        this.refresh = useRefresh(() => this.load());
        useSetupAction({
            getLocalState: () => ({
                cycleId: this.state.cycleId,
                showAll: this.state.showAll,
            }),
        });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.data = await this.orm.call("sop.cycle", "get_dashboard_data", [
            this.state.cycleId,
        ]);
        if (this.cycle?.run_id) {
            this.refresh.resume(this.cycle.id, this.cycle.run_id);
        }
    }

    get data() {
        return this.state.data;
    }

    get cycle() {
        return this.data.cycle;
    }

    get isRefreshing() {
        return this.refresh.state.status === "running";
    }

    get isStale() {
        return this.cycle.is_computed && !this.cycle.is_frozen && this.cycle.hours_old > STALE_HOURS;
    }

    get staleHelp() {
        const days = Math.floor(this.cycle.hours_old / 24);
        return _t("The figures are %s day(s) old: press Refresh to read today's records.", days);
    }

    selectCycle(id) {
        this.state.cycleId = id;
        return this.load();
    }

    startRefresh() {
        return this.refresh.start(this.cycle.id);
    }

    openCycles() {
        return this.action.doAction("sop_planning.sop_cycle_action", { viewType: "form" });
    }

    openCycle() {
        return this.openRecord("sop.cycle", this.cycle.id);
    }

    openReview(id) {
        return this.openRecord("sop.demand.review", id);
    }

    openException(id) {
        return this.openRecord("sop.exception", id);
    }

    openRecord(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openAction(action) {
        return this.action.doAction(action);
    }

    openExceptions() {
        return this.action.doActionButton({
            type: "object",
            name: "action_open_exceptions",
            resModel: "sop.cycle",
            resId: this.cycle.id,
        });
    }
}

registry.category("actions").add("sop_planning.dashboard", SopDashboard);
