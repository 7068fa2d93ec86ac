import { Component, useEffect, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { BridgeBars } from "./bridge_bars";

/** The bridge of the cycle that a form shows. It comes after the form, which does not wait for it. */
export class BridgeWidget extends Component {
    static template = "sop_planning.BridgeWidget";
    static components = { BridgeBars };
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ bridge: null });
        useEffect(
            (id) => {
                this.load(id);
            },
            () => [this.props.record.resId]
        );
    }

    async load(id) {
        this.state.bridge = null;
        if (id) {
            this.state.bridge = await this.keepLast.add(
                this.orm.silent.call("sop.cycle", "get_dashboard_bridge", [id])
            );
        }
    }

    openDetails() {
        return this.action.doActionButton({
            type: "object",
            resModel: "sop.cycle",
            resId: this.props.record.resId,
            name: "action_open_bridge",
        });
    }
}

registry.category("view_widgets").add("sop_bridge", { component: BridgeWidget });
