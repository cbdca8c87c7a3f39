// A table in a region of its own, which scrolls where the window is narrow, and whose columns sort.

import { element, fill } from "../view.js";

/**
 * columns: [{title, cell(row), sortBy(row)}]; the first names the row, and a column without sortBy does
 * not sort. `kind`: a class of the table. Returns {node, show(rows)}; without a choice the rows stand as
 * they are given.
 */
export function sortableTable({ label, columns, rows, kind = null }) {
    const body = element("tbody");
    const sorting = { column: null, descending: false };
    let shown = rows;

    const heads = columns.map((column) => element("th", { scope: "col" }, column.sortBy
        ? element("button", { type: "button", class: "sort", on: { click: () => sortBy(column) } }, column.title)
        : column.title));

    function sortBy(column) {
        if (sorting.column === column && sorting.descending) sorting.column = null;
        else if (sorting.column === column) sorting.descending = true;
        else Object.assign(sorting, { column, descending: false });
        draw();
    }

    function draw() {
        columns.forEach((column, at) => {
            if (sorting.column !== column) heads[at].removeAttribute("aria-sort");
            else heads[at].setAttribute("aria-sort", sorting.descending ? "descending" : "ascending");
        });
        fill(body, ordered(shown, sorting).map((row) => element("tr", null, columns.map((column, at) =>
            element(at === 0 ? "th" : "td", at === 0 ? { scope: "row" } : {}, column.cell(row))))));
    }

    draw();
    const table = element("table", { class: kind }, element("thead", null, element("tr", null, heads)), body);
    return {
        node: scrolling(label, table),
        show(others) {
            shown = others;
            draw();
        },
    };
}

/** A plain table: titles and rows of cells. */
export function plainTable(label, titles, rows) {
    return scrolling(label, element("table", null,
        element("thead", null, element("tr", null, titles.map((title) => element("th", { scope: "col" }, title)))),
        element("tbody", null, rows.map((cells) => element("tr", null, cells.map((cell, at) =>
            element(at === 0 ? "th" : "td", at === 0 ? { scope: "row" } : {}, cell)))))));
}

/** Names and values; a value that is empty, null or false is left out with its name. */
export function facts(pairs) {
    return element("dl", { class: "facts" }, pairs
        .filter(([, value]) => value && value.length !== 0)
        .map(([name, value]) => [element("dt", null, name), element("dd", null, value)]));
}

// Whoever has no mouse scrolls it by the arrow keys, once it has the focus. A group, and no region: the
// section around it is the landmark.
function scrolling(label, table) {
    return element("div", { class: "scrolling", role: "group", "aria-label": label, tabindex: "0" }, table);
}

/** What has no value stands last, whichever way it is sorted. */
function ordered(rows, { column, descending }) {
    if (!column) return rows;
    const sign = descending ? -1 : 1;
    return [...rows].sort((one, other) => {
        const [left, right] = [column.sortBy(one), column.sortBy(other)];
        if (left === right) return 0;
        if (left === null || left === undefined) return 1;
        if (right === null || right === undefined) return -1;
        return typeof left === "number" ? sign * (left - right) : sign * left.localeCompare(right, "en");
    });
}
