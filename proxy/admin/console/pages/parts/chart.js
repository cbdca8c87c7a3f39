// A chart of the last two minutes: lines in SVG, whose numbers stand beside it in text. Who cannot see it
// gets one sentence in its place.

import { axisEnd, countText, rateText, windowSeconds } from "../rates.js";
import { element, fill, picture } from "../view.js";

const width = windowSeconds;
const height = 100;

/** {node, show()}: show() draws the points of all series anew, each in its colour and dashes. */
export function liveChart({ title, unit }) {
    const plot = picture("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", class: "plot",
        role: "img", "aria-label": `${title}: nothing is known yet.` });
    const top = element("span", null, "1");
    const middle = element("span");
    const now = element("p", { class: "now" }, "waiting for the first numbers …");
    const legend = element("ul", { class: "legend" });
    const node = element("figure", { class: "chart" },
        element("figcaption", null, element("h3", null, title), now),
        element("div", { class: "axes" },
            element("div", { class: "axis upright", "aria-hidden": "true" }, top, middle, element("span", null, "0")),
            plot,
            element("div", { class: "axis", "aria-hidden": "true" }, element("span", null, "2 minutes ago"),
                element("span", null, "1 minute ago"), element("span", null, "now"))),
        legend);

    /** series: [{name, valueOf(point), now, said}], at most six; total: the rate now, or null. */
    function show({ points, at, series, total, summary }) {
        const most = Math.max(0, ...series.flatMap((one) =>
            points.map((point) => (point.exchanges === null ? 0 : one.valueOf(point)))));
        const end = axisEnd(most);
        fill(top, countText(end));
        fill(middle, end % 2 === 0 ? countText(end / 2) : "");
        fill(plot,
            [25, 50, 75].map((y) => gridLine(0, y, width, y)),
            [30, 60, 90].map((x) => gridLine(x, 0, x, height)),
            series.map((one, order) =>
                picture("path", { class: `line line-${order + 1}`, d: pathOf(points, at, one, end) })));
        fill(now, total === null ? "unknown" : [element("strong", null, rateText(total)), ` ${unit}`]);
        plot.setAttribute("aria-label", `${title}, the last two minutes: ${summary}`);
        fill(legend, series.length < 2 && !series[0]?.said ? [] : series.map((one, order) => element("li", null,
            picture("svg", { class: "sample", viewBox: "0 0 30 4", "aria-hidden": "true" },
                picture("path", { class: `line line-${order + 1}`, d: "M0 2H30" })),
            element("span", { class: "name" }, one.name), " ", one.said)));
    }

    return { node, show };
}

function gridLine(x1, y1, x2, y2) {
    return picture("line", { class: "grid", x1, y1, x2, y2 });
}

/** Moves where a gap ends, draws where the point before is known. */
function pathOf(points, at, one, end) {
    let path = "";
    let drawing = false;
    for (const point of points) {
        if (point.exchanges === null) {
            drawing = false;
            continue;
        }
        const x = (width - (at - point.at)).toFixed(1);
        const y = (height - (one.valueOf(point) / end) * height).toFixed(1);
        path += `${drawing ? "L" : "M"}${x} ${y}`;
        drawing = true;
    }
    return path;
}
