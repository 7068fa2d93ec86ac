import { Component, onWillStart, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { reloadOnClose } from "../dialogs/reload_on_close";
import { useCycleChanges } from "../live/cycle_changes";
import { useRefresh } from "../refresh/refresh_hook";
import { RefreshStrip } from "../refresh/refresh_strip";
import { BridgeChart } from "./bridge_chart/bridge_chart";
import { CycleSteps } from "./cycle_steps/cycle_steps";
import { DataBar } from "./data_bar/data_bar";
import { ExceptionList } from "./exception_list/exception_list";
import { FamilyTable } from "./family_table/family_table";
import { ExampleCompany } from "./first_run/example_company";
import { FirstRun } from "./first_run/first_run";
import { GapMatrix } from "./gap_matrix/gap_matrix";
import { ScenarioList } from "./scenario_list/scenario_list";
import { SupplierList } from "./supplier_list/supplier_list";
import { TaskList } from "./task_list/task_list";
import { Tiles } from "./tiles/tiles";

const QUIET = 1000; // ms without a change, before the figures are read again

/** The state of a cycle on one screen; figures are the stored ones, every one opens its records. */
export class SopDashboard extends Component {
    static template = "sop_planning.Dashboard";
    static components = {
        BridgeChart,
        CycleSteps,
        DataBar,
        Dropdown,
        DropdownItem,
        ExampleCompany,
        ExceptionList,
        FamilyTable,
        FirstRun,
        GapMatrix,
        Layout,
        RefreshStrip,
        ScenarioList,
        SupplierList,
        TaskList,
        Tiles,
    };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.state = useState({
            cycleId: false,
            showAll: false,
            data: {},
            ...this.props.state,
        });
        this.refresh = useRefresh(() => this.load());
        const reload = useDebounced(() => this.load(this.orm.silent), QUIET);
        useCycleChanges(() => this.cycle?.id, reload);
        useSetupAction({
            getLocalState: () => ({
                cycleId: this.state.cycleId,
                showAll: this.state.showAll,
            }),
        });
        onWillStart(() => this.load());
    }

    async load(orm = this.orm) {
        this.state.data = await this.keepLast.add(
            orm.call("sop.cycle", "get_dashboard_data", [this.state.cycleId])
        );
        if (this.cycle?.run_id) {
            this.refresh.resume(this.cycle.id, this.cycle.run_id);
        }
        this.loadBridge();
    }

    /** The bridge of a very large plan comes after the rest is on the screen. */
    async loadBridge() {
        if (this.data.bridge?.state !== "later") {
            return;
        }
        const { data } = this;
        data.bridge = await this.orm.silent.call("sop.cycle", "get_dashboard_bridge", [
            this.cycle.id,
        ]);
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

    /** ok, computing or stale: what is true of all figures of the screen. */
    get figures() {
        return this.isRefreshing ? "computing" : this.cycle.figures || "ok";
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

    /** The demand grid, starting on a family; its review where there is no grid. */
    openFamily(family) {
        const grid = this.data.family_action;
        if (!grid) {
            return this.openReview(family.id);
        }
        return this.action.doAction({
            ...grid,
            context: { ...grid.context, sop_grid_focus: `family_id:${family.family_id}` },
        });
    }

    openReview(id) {
        return this.openRecord("sop.demand.review", id);
    }

    openException(id) {
        return this.openRecord("sop.exception", id);
    }

    openScenario(id) {
        return this.openRecord("sop.scenario", id);
    }

    openSupplier(id) {
        return this.openRecord("sop.supplier.risk", id);
    }

    openGaps(ids) {
        if (ids.length === 1) {
            return this.openRecord("sop.supply.gap", ids[0]);
        }
        return this.action.doAction({
            ...this.data.gaps.action,
            domain: [["id", "in", ids]],
            context: {},
        });
    }

    /** Where an activity leads: to the figures, where it asks for figures. */
    async openTodo({ model, res_id: id, activity_id: activityId }) {
        if (!activityId) {
            return this.openRecord(model, id);
        }
        const action = await this.orm.call("mail.activity", "action_open_document", [activityId]);
        return this.action.doAction(action);
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
        return this.callCycle("action_open_exceptions");
    }

    openBridge() {
        return this.callCycle("action_open_bridge");
    }

    publish() {
        return this.callCycle("action_publish_pack");
    }

    callCycle(name) {
        return this.action.doActionButton({
            type: "object",
            name,
            resModel: "sop.cycle",
            resId: this.cycle.id,
        });
    }

    async chooseScenario(id) {
        const dialog = await this.orm.call("sop.scenario", "action_open_select", [[id]]);
        return this.action.doAction(dialog, reloadOnClose(() => this.load()));
    }

    /** What is done about a supplier: its answer may be a dialog, or another screen. */
    async actOnSupplier(name, id) {
        const answer = await this.orm.call("sop.supplier.risk", name, [[id]]);
        if (answer) {
            return this.action.doAction(answer, reloadOnClose(() => this.load()));
        }
        return this.load();
    }
}

registry.category("actions").add("sop_planning.dashboard", SopDashboard);
