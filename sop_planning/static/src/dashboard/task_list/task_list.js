import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Panel } from "../panel/panel";

/** What the user has to do for the cycle, and its next dates. */
export class TaskList extends Component {
    static template = "sop_planning.TaskList";
    static components = { Panel };
    static props = {
        tasks: Object,
        // (todo) and (model, id)
        openTodo: Function,
        open: Function,
    };

    setup() {
        this.title = _t("My tasks and next dates");
    }
}
