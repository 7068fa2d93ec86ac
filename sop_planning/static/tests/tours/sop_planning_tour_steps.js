import { press } from "@odoo/hoot-dom";

/** Clicks of the mouse, whatever it hits; keys do not count. */
const clicks = {
    count: 0,
    start() {
        clicks.count = 0;
        document.addEventListener("pointerdown", () => clicks.count++, true);
    },
};

/** From here on clicks count. */
export const startCounting = (trigger) => ({ trigger, timeout: 30000, run: clicks.start });

export const expectClicks = (most) => ({
    content: `That took ${most} clicks at most`,
    trigger: "body",
    run() {
        if (clicks.count > most) {
            throw new Error(`It took ${clicks.count} clicks, not ${most}`);
        }
    },
});

/** Keys go to what has the focus. */
export async function type(text) {
    for (const key of text) {
        await press(key);
    }
}

export const findRow = (label) => `.o_sop_grid_row:contains(${label})`;

export const findCell = (row, measure, column) =>
    `${findRow(row)} .o_sop_grid_cell[data-measure='${measure}'][data-column='${column}']`;

/** Type a figure over a cell of the grid; what becomes of it is the next step's to see. */
export function typeFigure(cell, figure) {
    return [
        { content: "Choose the cell", trigger: cell, run: "click" },
        {
            content: "Type over the figure",
            trigger: `${cell}.o_sop_grid_active`,
            run: () => press(figure[0]),
        },
        {
            trigger: `${cell} input`,
            async run() {
                await type(figure.slice(1));
                await press("Enter");
            },
        },
    ];
}
