// The certificates of a record as a picture: a box for each, from the leaf to the root, and between two
// of them a line that says who issued whom. Trusted certificates are no chain; they stand side by side.

import { element, fill, picture, prose } from "../view.js";
import { announce } from "./announce.js";
import { badge, daysLeftBadge } from "./days_left.js";
import { millisecondsOf, moment } from "./moment.js";
import { facts } from "./table.js";

const roles = {
    leaf: "Leaf: presented as the client's own",
    chain: "Issuing authority: sent with the leaf",
    root: "Root",
    trusted: "Trusted: servers are checked against it",
    server: "The server's own",
    sent: "Sent by the server with its own",
    fetched: "Not sent by the server: fetched from where the certificate below says",
    extra: "Not a part of the chain",
};
const links = ["leaf", "chain", "server", "sent", "fetched"]; // the roles of a chain's certificates

export function chainPicture(certificates) {
    const isChain = certificates.some((one) => links.includes(one.role));
    const boxes = certificates.map((one, at) => element("li", null, box(one),
        isChain && joint(one, certificates[at + 1], certificates[0].role === "server")));
    return element("ol", { class: isChain ? "chain" : "chain apart" }, boxes);
}

/** What stands between a certificate and the next: whether that one has issued it. */
function joint(one, next, isServers) {
    if (!next) {
        if (one.self_issued) return null;
        return [element("p", { class: "joint open" }, "issued by"),
            element("div", { class: "certificate absent" },
                element("p", null, element("strong", null, one.issuer)),
                element("p", null, isServers ? "The server does not send it. A trust record needs to have it."
                    : "Not in this record. The server needs to have it, or to trust it."))];
    }
    if (next.subject === one.issuer) return element("p", { class: "joint" }, "issued by");
    return element("p", { class: "joint broken" },
        badge("bad", "does not fit"), ` The next certificate is not its issuer, ${one.issuer}.`);
}

function box(one) {
    return element("article", { class: `certificate ${one.role}` },
        element("h3", null, one.subject),
        element("p", { class: "role" }, roles[one.role] ?? one.role, " ", daysLeftBadge(one.days_left)),
        validity(one),
        facts([
            ["Valid", [moment(one.not_before), " to ", moment(one.not_after)]],
            ["Issuer", one.self_issued ? `${one.issuer} (itself)` : one.issuer],
            ["Names", (one.names ?? []).length > 0 &&
                element("ul", { class: "plain" }, one.names.map((name) =>
                    element("li", null, element("code", null, name))))],
            ["Key", one.key],
            ["Serial", one.serial && element("code", null, one.serial)],
            ["SHA-256", one.sha256 && fingerprint(one)],
            ["Verdict", prose(one.verdict)],
        ]));
}

/** How much of its time has gone, as a bar; the words stand beside it. */
function validity(one) {
    const [from, to] = [millisecondsOf(one.not_before), millisecondsOf(one.not_after)];
    if (from === null || to === null || to <= from) return null;
    const gone = Math.min(100, Math.max(0, (100 * (Date.now() - from)) / (to - from)));
    return picture("svg",
        { class: "validity", viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" },
        picture("rect", { class: "whole", width: 100, height: 4 }),
        picture("rect", { class: "gone", width: gone.toFixed(1), height: 4 }));
}

function fingerprint(one) {
    const text = element("code", { class: "fingerprint" }, one.sha256);
    if (!navigator.clipboard) return text; // it can be selected
    const button = element("button", { type: "button", class: "small",
        "aria-label": `Copy the SHA-256 fingerprint of ${one.subject}`, on: { click: copy } }, "Copy");
    async function copy() {
        try {
            await navigator.clipboard.writeText(one.sha256);
            fill(button, "Copied");
            announce("The fingerprint is copied.");
        } catch {
            getSelection()?.selectAllChildren(text);
            announce("The browser does not let this page copy. The fingerprint is selected.");
        }
        setTimeout(() => fill(button, "Copy"), 2_000);
    }
    return [text, " ", button];
}
