import { Component, onWillStart, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { reloadOnClose } from "../dialogs/reload_on_close";
import { CompareTable } from "./compare_table/compare_table";

// what a scenario's menu calls
const ACTS = {
    gaps: "action_open_gaps",
    capacity: "action_open_capacity",
    duplicate: "copy",
    decision: "action_make_decision",
};

/** The scenarios of a cycle side by side: what each one does, what it gives and what it costs. */
export class SopCompare extends Component {
    static template = "sop_planning.Compare";
    static components = { CompareTable, Dropdown, DropdownItem, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.state = useState({
            cycleId: this.startCycleId,
            closed: { families: true, months: true },
            busyId: false,
            data: {},
            ...this.props.state,
        });
        useSetupAction({
            getLocalState: () => ({
                cycleId: this.state.cycleId,
                closed: { ...this.state.closed },
            }),
        });
        onWillStart(() => this.load());
    }

    /** The cycle whose form the screen was opened from, otherwise the server picks one. */
    get startCycleId() {
        const { params, context } = this.props.action;
        const isCycle = context?.active_model === "sop.cycle";
        return params?.cycle_id || (isCycle && context.active_id) || false;
    }

    async load() {
        this.state.data = await this.keepLast.add(
            this.orm.call("sop.cycle", "get_comparison_data", [this.state.cycleId])
        );
    }

    get data() {
        return this.state.data;
    }

    get cycle() {
        return this.data.cycle;
    }

    /** A failed scenario counts: it says why. */
    get isComputed() {
        return this.data.scenarios.some((scenario) => scenario.state !== "draft");
    }

    selectCycle(id) {
        this.state.cycleId = id;
        return this.load();
    }

    toggle(name) {
        this.state.closed[name] = !this.state.closed[name];
    }

    async choose(id) {
        const dialog = await this.orm.call("sop.scenario", "action_open_select", [[id]]);
        return this.action.doAction(dialog, reloadOnClose(() => this.load()));
    }

    async recalculate(id) {
        this.state.busyId = id;
        try {
            await this.orm.call("sop.scenario", "action_simulate", [[id]]);
        } finally {
            this.state.busyId = false;
        }
        return this.load();
    }

    open(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sop.scenario",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    /** Opens what belongs to a scenario, or what is made of it. */
    async act(name, id) {
        const answer = await this.orm.call("sop.scenario", ACTS[name], [[id]]);
        return name === "duplicate" ? this.open(answer[0]) : this.action.doAction(answer);
    }

    openNew() {
        return this.action.doAction("sop_planning.sop_scenario_new_action", {
            additionalContext: { default_cycle_id: this.cycle.id },
            ...reloadOnClose(() => this.load()),
        });
    }

    openScenarios() {
        return this.action.doAction("sop_planning.sop_scenario_action");
    }

    openDashboard() {
        return this.action.doAction("sop_planning.sop_dashboard_action");
    }
}

registry.category("actions").add("sop_planning.compare", SopCompare);
