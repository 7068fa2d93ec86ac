import { exprToBoolean } from "@web/core/utils/strings";

export class GridArchParser {
    /**
     * @param {Element} arch
     * @returns {{title: string, mode: "demand"|"gaps"|"capacity", canEdit: boolean, measures: string[]|null}}
     */
    parse(arch) {
        const measures = (arch.getAttribute("default_measures") || "")
            .split(",")
            .map((name) => name.trim())
            .filter(Boolean);
        return {
            title: arch.getAttribute("string") || "",
            mode: arch.getAttribute("mode") || "demand",
            canEdit: exprToBoolean(arch.getAttribute("edit") || ""),
            measures: measures.length ? measures : null,
        };
    }
}
