// Every certificate record of the configuration in one table, with a filter.

import { askUntil } from "../api.js";
import { announce } from "../parts/announce.js";
import { stateBadge } from "../parts/days_left.js";
import { emptyState, load } from "../parts/load.js";
import { counted } from "../parts/moment.js";
import { sortableTable } from "../parts/table.js";
import { addressOf } from "../router.js";
import { element, fill } from "../view.js";

export const typeWords = {
    java_key_store: "JKS", pkcs12_key_store: "PKCS#12", pem_key_store: "PEM", trust_store_cert: "trust",
};

export const recordLink = (name) => element("a", { href: addressOf(["certificates", name]) }, name);
export const profileLink = (name) => element("a", { href: addressOf(["profiles", name]) }, name);
export const joinedLinks = (names, link) => names.map((name, at) => [at > 0 && ", ", link(name)]);

const columns = [
    { title: "Name", cell: (row) => recordLink(row.name), sortBy: (row) => row.name },
    { title: "State", cell: (row) => stateBadge(row.state, row.state_text), sortBy: (row) => row.days_left },
    { title: "Active", cell: (row) => (row.active ? "yes" : "no"), sortBy: (row) => (row.active ? "yes" : "no") },
    { title: "Type", cell: (row) => typeWords[row.type] ?? row.type, sortBy: (row) => row.type },
    { title: "Subject", cell: subjectCell, sortBy: (row) => row.subject },
    { title: "Issuer", cell: (row) => row.issuer ?? "", sortBy: (row) => row.issuer },
    { title: "Key", cell: (row) => element("span", { class: "whole" }, row.key ?? ""), sortBy: (row) => row.key },
    { title: "Used by", cell: usedByCell, sortBy: (row) => row.used_by.join(", ") },
    { title: "Findings", cell: findingsCell, sortBy: (row) => row.findings },
];

function subjectCell(row) {
    if (!row.subject) return element("span", { class: "quiet-text" }, "not loaded");
    return [row.subject, row.count > 1 &&
        element("span", { class: "quiet-text" }, ` and ${row.count - 1} more`)];
}

function usedByCell(row) {
    if (row.used_by.length === 0) return element("span", { class: "quiet-text" }, "no profile");
    return joinedLinks(row.used_by, profileLink);
}

function findingsCell(row) {
    if (row.findings === 0) return "none";
    if (row.findings === null) return element("span", { class: "quiet-text" }, "not known yet");
    return element("a", { href: addressOf(["certificates", row.name]), "aria-label":
        `${counted(row.findings, "finding")} of ${row.name}` }, row.findings);
}

/** Every word of the filter has to be somewhere in the record. */
function fits(row, filter) {
    const text = [row.name, row.type, typeWords[row.type], row.description, row.subject, row.issuer, row.key,
        row.state_text, ...row.files, ...row.used_by].join("\n").toLowerCase();
    return filter.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

export const page = {
    title: () => "Certificates",

    show(context, body) {
        const isKnown = (found) => found.certificates.every((row) => row.findings !== null);
        const fetchIt = () => askUntil(isKnown, "certificates", { signal: context.signal });
        const drawIt = (found) => draw(context, found);
        return load(body, context, { what: "the certificate records", fetchIt, draw: drawIt });
    },
};

function draw(context, { certificates }) {
    const make = context.mayEdit && element("div", { class: "buttons" },
        element("a", { class: "button primary", href: addressOf(["new-certificate"]) }, "New record"),
        element("a", { class: "button", href: addressOf(["new-key-pair"]) }, "New key pair"));
    const noChange = !context.mayEdit && element("p", { class: "hint" }, context.whyNoEdit());
    if (certificates.length === 0) {
        if (make) return [emptyState("No certificate record yet. Make one of a key store that you have, or of "
            + "certificates to trust; or a new key pair, and its certificate step by step."), make];
        return emptyState("No certificate record yet. Name one under ", element("code", null, "certificates:"),
            " in the configuration, or make one with ", element("code", null, "countersign keystore generate"), ".");
    }
    const table = sortableTable({ label: "Certificate records", columns, rows: certificates, kind: "records" });
    const said = element("p", { class: "hint" });
    const field = element("input", { id: "filter", type: "search", autocomplete: "off", spellcheck: "false",
        value: context.route.query.get("filter") ?? "", on: { input: () => filterNow(true) } });
    let soon = null;

    function filterNow(byHand) {
        const filter = field.value.trim();
        const rows = certificates.filter((row) => fits(row, filter));
        table.show(rows);
        const sentence = filter === "" ? `${counted(rows.length, "record")}.`
            : `${rows.length} of ${counted(certificates.length, "record")}.` +
              (rows.length === 0 ? " Shorten the filter to see more." : "");
        fill(said, sentence);
        if (!byHand) return;
        history.replaceState(null, "", addressOf(["certificates"], { filter }));
        clearTimeout(soon);
        soon = setTimeout(() => announce(sentence), 600);
    }

    filterNow(false);
    return [
        make, noChange,
        element("div", { role: "search", class: "filter" },
            element("label", { for: "filter" }, "Filter"), field, said),
        table.node,
    ];
}
