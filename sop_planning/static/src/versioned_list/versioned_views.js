import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { listView } from "@web/views/list/list_view";

/**
 * Sends with every change the `version` of the record that the user saw, so that the server can
 * refuse a change to figures that somebody else changed meanwhile. When several records of a list
 * are changed together, the versions of all of them are sent: {id: version}.
 */
const withVersion = (Model) =>
    class extends Model {
        static Record = class extends Model.Record {
            _getChanges(changes, options) {
                const result = super._getChanges(...arguments);
                const isToBeSaved = this.resId && !options?.withReadonly;
                if (isToBeSaved && "version" in this._values && Object.keys(result).length) {
                    result.version = this.seenVersions;
                }
                return result;
            }

            get seenVersions() {
                const selection = this.selected ? this.model.root.selection : [];
                if (selection.length < 2) {
                    return this._values.version;
                }
                return Object.fromEntries(selection.map((r) => [r.resId, r._values.version]));
            }
        };
    };

registry.category("views").add("sop_versioned_list", {
    ...listView,
    Model: withVersion(listView.Model),
});
registry.category("views").add("sop_versioned_form", {
    ...formView,
    Model: withVersion(formView.Model),
});
