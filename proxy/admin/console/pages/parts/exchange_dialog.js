// One exchange in full: what it was, how long its parts took, and of a failure what its client was told.

import { ask } from "../api.js";
import { bytesText, phasesOf, spanText } from "../exchanges.js";
import { profileLink } from "../pages/certificates.js";
import { addressOf } from "../router.js";
import { element, fill, picture, prose } from "../view.js";
import { announce } from "./announce.js";
import { badge } from "./days_left.js";
import { problemBox, sentenceOf } from "./load.js";
import { moment } from "./moment.js";
import { facts } from "./table.js";

const phaseWords = {
    name: "name looked up", connect: "connected", handshake: "handshake", wait: "waited for the server",
    rest: "the rest: bodies on their way",
};

/** The status with the error that it was, if it was one. */
export function statusBadge({ status, error, tunnel }) {
    const text = status === null ? "no answer" : String(status);
    if (error) return badge("bad", `${text} ${error}`);
    if (status === null) return badge("quiet", text);
    return badge(status >= 500 ? "bad" : status >= 400 ? "warning" : "good", tunnel ? `${text} tunnel` : text);
}

/** {node, open(exchange), isOpen()}. */
export function exchangeDialog(context) {
    const content = element("div");
    const close = element("button", { type: "button", on: { click: () => node.close() } }, "Close");
    const node = element("dialog", { class: "exchange", "aria-labelledby": "exchange-title" }, content,
        element("div", { class: "buttons" }, close));

    function open(exchange) {
        const report = element("div");
        fill(content,
            element("h2", { id: "exchange-title", tabindex: "-1" }, element("code", null, exchange.method ?? "?", " ",
                exchange.url || "a request that was not understood")),
            element("p", null, statusBadge(exchange), exchange.cause && [" ", prose(exchange.cause)]),
            report, phases(exchange), known(exchange), explainLink(exchange));
        if (exchange.error) showReport(context, report, exchange);
        node.showModal();
        content.querySelector("h2").focus();
    }

    return { node, open, isOpen: () => node.open };
}

async function showReport(context, region, exchange) {
    fill(region, element("p", { class: "loading" },
        element("progress", { "aria-label": "Loading the report" }), "Loading its report …"));
    try {
        const { report } = await ask(`exchanges/${exchange.number}`, { signal: context.signal });
        fill(region, report ? reportOf(report, exchange)
            : element("p", { class: "hint" }, "Its report is not kept any more: those of the last hundred failures are."));
        // It moves down what is below, which somebody may be at already.
        if (region.parentNode?.contains(document.activeElement)) document.activeElement.scrollIntoView({ block: "nearest" });
        if (report) announce(`${report.detail} ${report.remedy}`);
    } catch (error) {
        if (context.signal.aborted) return;
        if (error.status === 401) return context.signIn();
        fill(region, problemBox(error, () => showReport(context, region, exchange)));
        announce(sentenceOf(error));
    }
}

function reportOf(report, exchange) {
    return element("section", { class: "report", "aria-label": "What failed" },
        facts([
            ["Stage", report.stage],
            ["Whose side", exchange.side],
            ["Reason", prose(report.detail)],
            ["Remedy", prose(report.remedy)],
        ]),
        report.steps.length > 0 && [
            element("h3", null, "How the connection was tried"),
            element("ol", { class: "steps" }, report.steps.map((step) => element("li", null, prose(step)))),
        ]);
}

function phases(exchange) {
    if (exchange.tunnel) return element("p", null, `It was open for ${spanText(exchange.total_us)}.`);
    const parts = phasesOf(exchange);
    const shown = parts.filter(({ micros }) => micros > 0);
    const said = shown.map(({ name, micros }) => `${phaseWords[name]} ${spanText(micros)}`).join(", ");
    return [
        element("h3", null, `Took ${spanText(exchange.total_us)}`),
        picture("svg", { class: "phases", viewBox: "0 0 100 6", preserveAspectRatio: "none", role: "img",
            "aria-label": `Of ${spanText(exchange.total_us)}: ${said}.` },
        parts.map(({ from, to }, order) => picture("rect", { class: `part part-${order + 1}`, y: 0, height: 6,
            x: (100 * from).toFixed(2), width: (100 * (to - from)).toFixed(2) }))),
        element("ul", { class: "phase-list" }, parts.map(({ name, micros }, order) => micros > 0 &&
            element("li", null, picture("svg", { class: "swatch", viewBox: "0 0 10 10", "aria-hidden": "true" },
                picture("rect", { class: `part part-${order + 1}`, width: 10, height: 10 })),
            `${phaseWords[name]} `, element("span", { class: "whole" }, spanText(micros))))),
    ];
}

function known(exchange) {
    const connection = exchange.tls && [exchange.tls, exchange.reused ? ", on an open connection" : ", on a new connection",
        exchange.resumed && ", session resumed"];
    return facts([
        ["Began", moment(exchange.time)],
        ["Client", [exchange.client, exchange.name && ` (${exchange.name})`, exchange.uid !== null && `, uid ${exchange.uid}`]],
        ["Listener", exchange.listener],
        ["Profile", exchange.profile && profileLink(exchange.profile)],
        ["Identity", exchange.identity],
        ["Server", exchange.address],
        ["TLS", connection],
        ["Client certificate", exchange.certificate && `asked for by the server: ${exchange.certificate}`],
        ["Issuers that it named", exchange.issuers],
        ["Would be", exchange.would_be],
        ["Bytes", `${bytesText(exchange.bytes_in)} of the request's body, ${bytesText(exchange.bytes_out)} to the client`],
        ["Request id", exchange.request_id && element("code", null, exchange.request_id)],
        ["Trace id", exchange.trace_id && element("code", null, exchange.trace_id)],
    ]);
}

function explainLink({ method, url, listener, client, name }) {
    if (!url || url.endsWith("...")) return null;
    const who = name ?? (client === "unix" ? "" : client?.replace(/:\d+$/, "").replace(/^\[|\]$/g, ""));
    return element("p", null, element("a", { href: addressOf(["explain"], {
        url, method: method === "GET" ? "" : method, client: who, listener }) }, "Explain this request"));
}
