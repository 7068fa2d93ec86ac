import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useRefresh } from "./refresh_hook";
import { RefreshStrip } from "./refresh_strip";

/** The refresh of the cycle shown in a form, for its header. */
export class RefreshWidget extends Component {
    static template = "sop_planning.RefreshWidget";
    static components = { RefreshStrip };
    static props = { ...standardWidgetProps };

    setup() {
        this.refresh = useRefresh(() => this.reload());
    }

    get isRunning() {
        return this.refresh.state.status === "running";
    }

    get isMainStep() {
        return this.props.record.data.state === "data";
    }

    async start() {
        const { record } = this.props;
        if (await record.save()) {
            await this.refresh.start(record.resId);
        }
    }

    /** Changes made meanwhile are saved, not lost. */
    async reload() {
        const { record } = this.props;
        if (await record.save()) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("sop_refresh", {
    component: RefreshWidget,
    fieldDependencies: [{ name: "state", type: "selection" }],
});
