import { Component, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { reloadOnClose } from "../../dialogs/reload_on_close";
import { ExampleCompany } from "./example_company";
import { FitDialog } from "./fit_dialog";

const GUIDE = "sop_planning_guide";

/**
 * The first steps of a company: five, each measured from its records by the server.
 *
 * ``data`` is the value of ``_dashboard_first_run``; ``reload`` fetches it again; ``compute``
 * starts a refresh of the cycle that waits for its first figures.
 */
export class FirstRun extends Component {
    static template = "sop_planning.FirstRun";
    static components = { ExampleCompany };
    static props = {
        data: Object,
        reload: Function,
        compute: { type: Function, optional: true },
    };

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.orm = useService("orm");
        this.tour = useService("tour_service");
        this.state = useState({ isOpen: !this.props.data.is_computed });
    }

    get data() {
        return this.props.data;
    }

    /** The first step that waits gets the coloured button. */
    get next() {
        return this.data.steps.find((step) => step.state === "todo")?.code;
    }

    glyph(step) {
        return { done: "✔", none: "–" }[step.state] || "○";
    }

    async run(button) {
        if (button.compute) {
            return this.props.compute?.();
        }
        const action = button.method
            ? await this.orm.call("sop.cycle", button.method, [])
            : button.action;
        if (action) {
            // a dialog leaves the dashboard in place
            await this.action.doAction(action, reloadOnClose(() => this.props.reload()));
        }
        if (button.method) {
            return this.props.reload();
        }
    }

    async dismiss() {
        await this.orm.call("sop.cycle", "action_dismiss_first_run", []);
        return this.props.reload();
    }

    checkFit() {
        this.dialog.add(FitDialog, {});
    }

    /** Not the mode "manual": that one switches the tours of all applications on for good. */
    startGuide() {
        return this.tour.startTour(GUIDE, { mode: "guide", redirect: false });
    }
}
