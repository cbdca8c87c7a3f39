// The last exchanges as they happen. They stand still while somebody reads them: while the pointer or the
// focus is in the table, while it is scrolled past, and while it is told to.

import { ask } from "../api.js";
import { filterOf, fits, Known, most, spanText } from "../exchanges.js";
import { announce } from "../parts/announce.js";
import { badge } from "../parts/days_left.js";
import { exchangeDialog, statusBadge } from "../parts/exchange_dialog.js";
import { emptyState, load } from "../parts/load.js";
import { countText } from "../rates.js";
import { addressOf } from "../router.js";
import { element, fill, prose } from "../view.js";

const statuses = [["", "any"], ["2xx", "2xx"], ["3xx", "3xx"], ["4xx", "4xx"], ["5xx", "5xx"], ["none", "no answer"]];
const titles = ["Time", "Status", "Request", "Profile", "Client", "Took", ""];

export const page = {
    title: () => "Exchanges",

    show(context, body) {
        const { signal } = context;
        const fetchIt = async () => {
            const [last, failed, { profiles }, { listeners }] = await Promise.all([
                ask(`exchanges?limit=${most}`, { signal }),
                ask("exchanges?failed=true", { signal }),
                ask("profiles", { signal }),
                ask("status", { signal }),
            ]);
            return { last, failed, profiles, listeners };
        };
        return load(body, context, { what: "the exchanges", fetchIt, draw: (found) => draw(context, body, found) });
    },
};

function draw(context, body, found) {
    const known = new Known();
    known.add([...found.last.exchanges, ...found.failed.exchanges], found.last.newest);
    const list = exchangeList(context, known, found);
    context.live.followExchanges((news) => {
        // It has been started anew, and counts from one.
        if (news.process !== found.last.process) return page.show(context, body);
        list.take(known.add(news.exchanges, news.newest, news.skipped));
    }, known.newest, context.signal);
    return list.nodes;
}

function exchangeList(context, known, { profiles, listeners }) {
    const filter = filterOf(context.route.query);
    const rows = element("tbody");
    const said = element("p", { class: "hint", id: "exchanges-said" });
    const place = element("div");
    const table = element("div", { class: "scrolling exchanges", role: "group", tabindex: "0",
        "aria-label": "Exchanges, the newest first" },
    element("table", null, element("thead", null, element("tr", null, titles.map((title) =>
        title ? element("th", { scope: "col" }, title)
            : element("td", null, element("span", { class: "heard-only" }, "Details"))))), rows));
    const dialog = exchangeDialog(context);
    const button = element("button", { type: "button", "aria-pressed": "false", on: { click: hold } }, "Hold still");
    const waitingButton = element("button", { type: "button", hidden: true, on: { click: showWaiting } });
    let held = false;
    let waiting = []; // those that fit and are not shown, the newest first

    function hold() {
        held = !held;
        button.setAttribute("aria-pressed", String(held));
        announce(held ? "The list stands still." : "The list moves.");
        if (!held) showWaiting();
    }

    const isRead = () => held || table.matches(":hover") || table.contains(document.activeElement) ||
        dialog.isOpen() || table.getBoundingClientRect().top < 0;

    function showWaiting() {
        rows.prepend(...waiting.map(rowOf));
        waiting = [];
        drop();
        tell();
    }

    /** What is not known any more goes. */
    function drop() {
        const oldest = known.all.length === 0 ? 0 : known.all[known.all.length - 1].number;
        while (rows.lastChild && Number(rows.lastChild.dataset.number) < oldest) rows.lastChild.remove();
        while (rows.children.length > most + 100) rows.lastChild.remove();
    }

    function tell() {
        const count = known.all.filter((one) => fits(one, filter)).length;
        const isFiltered = Object.values(filter).some((value) => value !== "");
        const skipped = known.skipped > 0 && ` ${countText(known.skipped)} more have ended while this page was open ` +
            "than it is sent; the access log has all.";
        fill(said, known.all.length === 0 ? null : isFiltered ? `${countText(count)} of ${countText(known.all.length)} that are kept.`
            : `The last ${countText(known.all.length)}, of ${countText(known.newest)} since the start.`, skipped);
        waitingButton.hidden = waiting.length === 0;
        fill(waitingButton, `Show ${countText(waiting.length)} new`);
        const nothing = known.all.length === 0 ? firstRequest(profiles, listeners)
            : count === 0 ? emptyState("Nothing that is kept fits the filter. Take something from it.") : null;
        table.hidden = nothing !== null;
        // Redrawn only where it is another one: a text that somebody copies from stays.
        const kind = nothing === null ? "" : known.all.length === 0 ? "first" : "filter";
        if (place.dataset.kind !== kind) fill(place, nothing);
        place.dataset.kind = kind;
    }

    function rowOf(exchange) {
        return element("tr", { "data-number": exchange.number },
            element("th", { scope: "row" }, timeOf(exchange)),
            element("td", null, statusBadge(exchange)),
            element("td", { class: "request" }, element("code", null, exchange.method ?? "?", " ",
                exchange.url || "(not known)"), exchange.cause && element("p", { class: "hint" }, prose(exchange.cause))),
            element("td", null, exchange.profile ?? element("span", { class: "quiet-text" }, "none")),
            element("td", null, exchange.name ?? exchange.client ?? ""),
            element("td", { class: "whole" }, spanText(exchange.total_us)),
            element("td", null, element("button", { type: "button", class: "small",
                "aria-label": `Details of ${exchange.method ?? "request"} ${exchange.url} at ${exchange.time}`,
                on: { click: () => dialog.open(exchange) } }, "Details")));
    }

    function filterNow() {
        fill(rows, known.all.filter((one) => fits(one, filter)).map(rowOf));
        waiting = [];
        tell();
    }

    let soon = null;
    function change(name, value) {
        filter[name] = value;
        history.replaceState(null, "", addressOf(["exchanges"], filter));
        filterNow();
        clearTimeout(soon);
        soon = setTimeout(() => announce(said.textContent), 600);
    }

    context.live.subscribe(() => {
        if (waiting.length > 0 && !isRead()) showWaiting();
    }, context.signal);
    filterNow();
    return {
        take(more) {
            waiting = [...more.filter((one) => fits(one, filter)), ...waiting].slice(0, most);
            if (isRead() && rows.children.length > 0) tell();
            else showWaiting();
        },
        nodes: [
            filterForm(filter, profiles, change),
            element("div", { class: "title-row" }, button, waitingButton, said),
            place, table, dialog.node,
        ],
    };
}

function filterForm(filter, profiles, change) {
    const field = (control, label) => element("div", null,
        element("label", { for: control.getAttribute("id") }, label), control);
    const select = (id, name, options) => element("select", { id,
        on: { change: (event) => change(name, event.target.value) } },
    options.map(([value, text]) => element("option", { value, selected: value === filter[name] }, text)));
    const names = profiles.map(({ profile }) => [profile, profile]);
    if (filter.profile && filter.profile !== "-" && !names.some(([name]) => name === filter.profile)) {
        names.push([filter.profile, filter.profile]); // one that is gone
    }
    const known = statuses.some(([value]) => value === filter.status) ? statuses
        : [...statuses, [filter.status, filter.status]];
    const failed = element("input", { id: "failed", type: "checkbox", checked: filter.failed !== "",
        on: { change: (event) => change("failed", event.target.checked ? "1" : "") } });
    return element("div", { role: "search", "aria-label": "Exchanges", class: "exchange-filter" },
        field(element("input", { id: "text", type: "search", autocomplete: "off", spellcheck: "false",
            value: filter.text, on: { input: (event) => change("text", event.target.value.trim()) } }), "URL has"),
        field(select("profile", "profile", [["", "any"], ...names, ["-", "none"]]), "Profile"),
        field(select("status", "status", known), "Status"),
        element("div", { class: "check" }, failed, element("label", { for: "failed" }, "Failures only")));
}

/** "14:05:00.250" of today; the day is in the details. */
function timeOf({ time }) {
    const parts = /^(\S+) (\S+) UTC$/.exec(time);
    return parts ? element("time", { datetime: `${parts[1]}T${parts[2]}Z`, title: time }, parts[2]) : time;
}

function firstRequest(profiles, listeners) {
    const address = listeners.map((one) => one.address).find((one) => !one.startsWith("unix:"));
    const hosts = profiles.flatMap((one) => one.hosts ?? []);
    const host = hosts.find((one) => !one.includes("*")) ?? "api.partner.example";
    if (!address) return emptyState("No exchange yet. What a client asks for through a listener shows here at once.");
    return emptyState("No exchange yet. What a client asks for shows here at once. For the first one: ",
        element("code", null, `curl --proxy http://${address} http://${host}/`), " ",
        profiles.length === 0 && badge("warning", "There is no profile: it will be refused."));
}
