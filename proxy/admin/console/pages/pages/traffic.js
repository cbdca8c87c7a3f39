// The part of the overview that moves: exchanges and failures a second from the event stream, what runs
// now, and a button that holds it all still.

import { liveChart } from "../parts/chart.js";
import { announce } from "../parts/announce.js";
import { plainTable } from "../parts/table.js";
import { countText, rateText } from "../rates.js";
import { element, fill } from "../view.js";

const mostLines = 6; // more could not be told apart; the rest is one line

export function trafficPart(context) {
    const exchanges = liveChart({ title: "Exchanges a second", unit: "a second" });
    const failures = liveChart({ title: "Failures a second", unit: "a second" });
    const counts = element("dl", { class: "counts" });
    const table = element("div");
    let held = false;
    const button = element("button", { type: "button", "aria-pressed": "false", on: { click: hold } }, "Hold still");

    function hold() {
        held = !held;
        button.setAttribute("aria-pressed", String(held));
        announce(held ? "The charts stand still." : "The charts move.");
        if (!held) draw(context.live);
    }

    let failureRows = "";
    function draw(live) {
        if (held || !live.latest) return;
        const at = performance.now() / 1000;
        const { points } = live.rates;
        const newest = live.lost ? null : live.rates.newest;
        drawExchanges(exchanges, { points, at, newest });
        drawFailures(failures, { points, at, newest, found: live.rates.failures() });
        fill(counts, countsOf(live.latest, live.lost));
        const rows = JSON.stringify(live.latest.failures);
        if (rows !== failureRows) fill(table, failureTable(live.latest.failures)); // else its scroll would be lost
        failureRows = rows;
    }

    context.live.subscribe(draw, context.signal);
    draw(context.live);
    return element("section", { "aria-labelledby": "traffic" },
        element("div", { class: "title-row" }, element("h2", { id: "traffic" }, "Now"), button),
        counts,
        element("div", { class: "charts" }, exchanges.node, failures.node),
        element("details", { class: "since" },
            element("summary", null, "Failures since the start, by profile"), table));
}

const mostOf = (points, valueOf) =>
    Math.max(0, ...points.map((point) => (point.exchanges === null ? 0 : valueOf(point))));

function drawExchanges(chart, { points, at, newest }) {
    const valueOf = (point) => point.exchanges;
    const total = newest ? newest.exchanges : null;
    chart.show({ points, at, total, series: [{ name: "exchanges", valueOf }],
        summary: `now ${rateText(total)} a second, at most ${rateText(mostOf(points, valueOf))}.` });
}

function drawFailures(chart, { points, at, newest, found }) {
    const named = found.slice(0, found.length > mostLines ? mostLines - 1 : mostLines).map(({ error }) => error);
    const others = found.slice(named.length).map(({ error }) => error);
    const sum = (point, errors) => errors.reduce((total, error) => total + (point.failures.get(error) ?? 0), 0);
    const inWindow = new Map(found.map((one) => [one.error, one.inWindow]));
    const line = (name, errors) => {
        const count = errors.reduce((total, error) => total + inWindow.get(error), 0);
        const now = newest ? sum(newest, errors) : null;
        const said = `${rateText(now)} a second, ${countText(count)} in 2 minutes`;
        return { name, valueOf: (point) => sum(point, errors), said };
    };
    const series = named.map((error) => line(error, [error]));
    if (others.length > 0) series.push(line(`${others.length} other errors`, others));
    const total = newest ? [...newest.failures.values()].reduce((one, other) => one + other, 0) : null;
    chart.show({ points, at, total, series, summary: series.length === 0 ? "no failure."
        : series.map(({ name, said }) => `${name} ${said}`).join("; ") + "." });
}

function countsOf(event, lost) {
    const shown = (name, value) => element("div", null, element("dt", null, name),
        element("dd", null, lost ? "unknown" : countText(value)));
    return [
        shown("Clients", event.clients),
        shown("Exchanges in progress", event.in_progress),
        shown("Waiting for a connection", event.waiting),
        shown("Circuits open", event.circuits_open),
        shown("Exchanges so far", event.exchanges),
    ];
}

function failureTable(failures) {
    const counted = failures.filter((one) => one.count > 0).sort((one, other) => other.count - one.count);
    if (counted.length === 0) return element("p", null, "None.");
    return plainTable("Failures since the start", ["Error", "Side", "Profile", "Count"], counted.map((one) =>
        [element("code", null, one.error), one.side, one.profile || "none", countText(one.count)]));
}
