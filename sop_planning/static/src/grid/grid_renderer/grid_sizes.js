const LINE = 28;
const HEADER = 52;
// below this width (also of a zoomed page) one column is frozen
const NARROW = 992;

/** The sizes of a grid in pixels: the virtual rows and columns and the styles share them. */
export function findSizes({ unit, shown, mode }) {
    const isNarrow = window.innerWidth < NARROW;
    const isAlone = shown.length === 1;
    // a gap's first cause stands beside the family
    const head = isNarrow ? 144 : mode === "gaps" ? 320 : 240;
    const measure = isAlone ? 0 : 112;
    return {
        line: isAlone ? 32 : LINE,
        header: HEADER,
        head,
        measure,
        column: unit === "amount" ? 100 : mode === "capacity" ? 80 : 86,
        total: unit === "amount" ? 100 : 84,
        frozen: isNarrow ? head : head + measure,
        isNarrow,
    };
}
