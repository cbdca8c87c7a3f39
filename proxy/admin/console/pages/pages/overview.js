// How the proxy is: readiness, the configuration in force, live charts, certificates that end soon, and
// what was switched off.

import { ask } from "../api.js";
import { badge, daysLeftBadge, soonDays } from "../parts/days_left.js";
import { load } from "../parts/load.js";
import { counted, durationText, millisecondsOf, moment } from "../parts/moment.js";
import { facts, plainTable } from "../parts/table.js";
import { element, fill, prose } from "../view.js";
import { profileLink, recordLink } from "./certificates.js";
import { trafficPart } from "./traffic.js";

const againMs = 60_000;

export const page = {
    title: () => "Overview",

    async show(context, body) {
        const state = element("div");
        const rest = element("div");
        const traffic = trafficPart(context);
        fill(body, state, traffic, rest);
        let shown = null;
        let started = null;
        let before = null; // what would bring other news than numbers
        const fetchIt = () => ask("status", { signal: context.signal });
        const draw = (status) => {
            shown = keyOf(status);
            started = status.started;
            before = stateText(status, status.last_reload.refused, status.connections.circuits_open);
            fill(rest, restOf(status));
            return stateOf(status);
        };
        await load(state, context, { what: "the state of the proxy", fetchIt, draw });

        // Drawn anew where something has changed; a failure shows in the header, and what is known stays.
        async function again() {
            try {
                const status = await fetchIt();
                if (context.signal.aborted || keyOf(status) === shown) return;
                keepFocus(body, () => fill(state, draw(status)));
            } catch (error) {
                if (error.status === 401 && !context.signal.aborted) context.signIn();
            }
        }
        const timer = setInterval(again, againMs);
        context.signal.addEventListener("abort", () => clearInterval(timer));
        context.live.subscribe(({ latest }) => {
            const uptime = document.getElementById("uptime");
            if (latest && uptime) fill(uptime, agoText((millisecondsOf(latest.at) - millisecondsOf(started)) / 1000));
            const now = latest && stateText(latest, latest.reloads_refused, latest.circuits_open);
            if (before !== null && now !== null && now !== before) again();
            before = now ?? before;
        }, context.signal);
    },
};

/** The same of a status and of a live event: whether they tell of the same state. */
const stateText = ({ ready, generation }, reloadsRefused, circuitsOpen) =>
    [ready, generation, reloadsRefused, circuitsOpen].join();

/** What a reader would see change: all but what changes with each second. */
function keyOf(status) {
    return JSON.stringify({ ...status, uptime_s: 0, connections: status.connections?.circuits_open, workers: 0 });
}

/** A link that has the focus is made anew, and gets it back. */
function keepFocus(body, change) {
    const href = body.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    change();
    if (!href) return;
    [...body.querySelectorAll("a")].find((one) => one.getAttribute("href") === href)?.focus();
}

const list = (sentences) => element("ul", null, sentences.map((one) => element("li", null, prose(one))));

function section(id, title, ...children) {
    return element("section", { "aria-labelledby": id }, element("h2", { id }, title), children);
}

function stateOf(status) {
    return element("section", { class: "state", "aria-labelledby": "readiness" },
        element("h2", { id: "readiness" }, status.ready ? badge("good", "Ready") : badge("bad", "Not ready"),
            status.draining && [" ", badge("warning", "Draining")]),
        !status.ready && list(status.not_ready_because),
        facts([
            ["Configuration", element("code", null, status.configuration)],
            ["Generation", [`${status.generation}, loaded `, moment(status.loaded),
                status.former_generations > 0 && ` (${status.former_generations} former still in use)`]],
            ["Last reload", lastReload(status.last_reload)],
            ["Listeners", element("ul", { class: "plain" }, status.listeners.map(({ name, address }) =>
                element("li", null, element("code", null, address), name && ` ${name}`)))],
            ["Started", [moment(status.started), " ", element("span", { id: "uptime" }, agoText(status.uptime_s))]],
            ["Version", `${status.version}, OpenSSL ${status.openssl}`],
            ["Log level", status.log_level],
        ]));
}

const agoText = (seconds) => `(${durationText(seconds)} ago)`;

function lastReload(reload) {
    if (!reload) return "none since the start";
    const kept = "What was loaded before goes on.";
    return [
        reload.successful ? badge("good", "successful") : badge("bad", "refused"), " ", moment(reload.at),
        ` in ${reload.took_ms} ms`, reload.successful ? "." : [". ", kept],
        reload.problems?.length > 0 && list(reload.problems),
    ];
}

function restOf(status) {
    return [
        section("ending", "Certificates that end", endings(status.certificates)),
        section("circuits", "Servers that cannot be connected to", circuits(status.circuits)),
        section("dangers", "Danger switches in force", dangers(status.danger_switches)),
        section("warnings", "Warnings",
            status.warnings.length > 0 ? list(status.warnings) : element("p", null, "None.")),
    ];
}

function endings(certificates) {
    const ending = certificates.filter((one) => one.days_left !== null && one.days_left <= soonDays)
        .sort((one, other) => one.days_left - other.days_left);
    if (certificates.length === 0) return element("p", null, "No certificate is loaded.");
    if (ending.length === 0) {
        return element("p", null, `None of ${certificates.length} ends within ${soonDays} days.`);
    }
    return plainTable("Certificates that end", ["Record", "State", "Ends", "Role", "Subject"], ending.map((one) =>
        [recordLink(one.record), daysLeftBadge(one.days_left), moment(one.not_after), one.role, one.subject]));
}

function circuits(open) {
    if (open.length === 0) return element("p", null, "None: no destination is left alone.");
    return [
        element("p", null, badge("warning", counted(open.length, "address", "addresses")),
            " could not be connected to five times in a row. Requests that have no other address get a 503 at once. ",
            "After a pause of half a minute at most, one request tries again before others. See that the server runs, ",
            "and that a firewall lets this machine reach it; ",
            element("code", { class: "whole" }, "countersign probe --all"), " tries each destination."),
        plainTable("Servers that cannot be connected to", ["Destination", "Address", "Reason", "Failures in a row"],
            open.map((one) => [one.destination, one.address, prose(one.reason), one.failures])),
    ];
}

function dangers(switches) {
    if (switches.length === 0) return element("p", null, "None.");
    return plainTable("Danger switches in force", ["Switch", "Profile"], switches.map((one) =>
        [element("code", null, one.switch), one.profile ? profileLink(one.profile) : "the whole proxy"]));
}
