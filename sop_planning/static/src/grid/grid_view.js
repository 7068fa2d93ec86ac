import { registry } from "@web/core/registry";
import { GridArchParser } from "./grid_arch_parser";
import { GridController } from "./grid_controller/grid_controller";
import { GridModel } from "./grid_model";
import { GridRenderer } from "./grid_renderer/grid_renderer";

/** Measures of rows in time columns, as in a spreadsheet: demand, gaps, capacity. */
export const gridView = {
    type: "sop_grid",
    ArchParser: GridArchParser,
    Controller: GridController,
    Model: GridModel,
    Renderer: GridRenderer,
    searchMenuTypes: ["filter", "groupBy", "favorite"],

    props: (genericProps, { ArchParser, Model, Renderer }) => ({
        ...genericProps,
        archInfo: new ArchParser().parse(genericProps.arch),
        Model,
        Renderer,
    }),
};

registry.category("views").add("sop_grid", gridView);
