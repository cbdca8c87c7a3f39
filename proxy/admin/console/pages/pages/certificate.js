// One certificate record: its chain as a picture, the files it lies in, who uses it, and what lint says of
// it.

import { askUntil } from "../api.js";
import { absentRecord, orNull } from "../parts/absent.js";
import { badge, stateBadge } from "../parts/days_left.js";
import { chainPicture } from "../parts/chain_picture.js";
import { findingList } from "../parts/findings.js";
import { emptyState, load } from "../parts/load.js";
import { facts } from "../parts/table.js";
import { element, prose } from "../view.js";
import { changeBar } from "../parts/change_bar.js";
import { joinedLinks, profileLink, typeWords } from "./certificates.js";

export const page = {
    title: ({ parameters }) => parameters.name,
    above: { title: "Certificates", path: ["certificates"] },

    show(context, body) {
        const { name } = context.route.parameters;
        const isKnown = (record) => record.findings !== null;
        const fetchIt = () =>
            orNull(askUntil(isKnown, "certificates/" + encodeURIComponent(name), { signal: context.signal }));
        return load(body, context, { what: "the record", fetchIt, draw: (record) =>
            (record === null ? absentRecord(name) : draw(record, context)) });
    },
};

function draw(record, context) {
    return [
        !context.mayEdit ? element("p", { class: "hint" }, context.whyNoEdit())
            : record.editable ? changeBar(record, context)
            : element("p", { class: "hint" }, prose(record.fixed_because)),
        record.description && element("p", { class: "description" }, record.description),
        facts([
            ["State", stateBadge(record.state, record.state_text)],
            ["Kind", record.kind],
            ["Type", typeWords[record.type] ?? record.type],
            ["Active", record.active ? "yes" : "no: a profile that uses it is refused"],
            ["Used by", record.used_by.length > 0 ? joinedLinks(record.used_by, profileLink) : unused(record)],
            ["Files", element("ul", { class: "plain" }, record.files.map((file) =>
                element("li", null, element("code", null, file))))],
            ["Configured at", record.where && element("code", null, record.where)],
        ]),
        element("section", { "aria-labelledby": "findings" },
            element("h2", { id: "findings" }, "Findings"), findings(record)),
        element("section", { "aria-labelledby": "chain" },
            element("h2", { id: "chain" }, record.kind === "trust" ? "Trusted certificates" : "Chain"),
            record.certificates.length > 0 ? chainPicture(record.certificates) : notLoaded(record)),
    ];
}

function unused(record) {
    const key = record.kind === "trust" ? `trust: [${record.name}]` : `key_store: ${record.name}`;
    return ["no profile. Name it by ", element("code", null, key), " in one, or take the record out."];
}

function notLoaded(record) {
    return emptyState(record.active
        ? "No certificate was loaded. The findings above and the proxy's log say why."
        : ["No certificate was loaded, as the record is not active. ", record.editable ? "Activate it to see them."
            : ["Set ", element("code", null, "active: true"), " and reload."]]);
}

function findings(record) {
    if (record.findings === null) return element("p", null, "Not known yet. Load the page again in a moment.");
    if (record.lint_problem) {
        return element("p", null, badge("bad", "error"), " Its files cannot be opened now, as they were when it was "
            + "loaded: ", prose(record.lint_problem));
    }
    return findingList(record.lint);
}
