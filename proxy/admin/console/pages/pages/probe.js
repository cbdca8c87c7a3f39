// Tries a connection as a request would make it, tells each step while it runs, and what came of it. What the server
// has shown can become a trust record, once somebody has compared it.

import { ask } from "../api.js";
import { announce } from "../parts/announce.js";
import { chainPicture } from "../parts/chain_picture.js";
import { badge } from "../parts/days_left.js";
import { accept, checkField, during, field, problemOf, refuse, text } from "../parts/form.js";
import { emptyState } from "../parts/load.js";
import { runProbe } from "../parts/probing.js";
import { offerListeners, questionForm } from "../parts/question.js";
import { addressOf } from "../router.js";
import { element, fill } from "../view.js";
import { recordLink } from "./certificates.js";

const methods = [["", "one that changes nothing"], ...["HEAD", "GET", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
    .map((one) => [one, one])];

export const page = {
    title: () => "Probe",

    show(context, body) {
        if (!context.mayProbe) {
            return fill(body, emptyState("A probe connects to servers from this machine: who may only look may not. On "
                + "its machine, ", element("code", null, "countersign probe URL"), " does the same."));
        }
        const asked = Object.fromEntries(context.route.query);
        const asks = element("input", { id: "asks", type: "checkbox", checked: asked.asks !== "no" });
        const form = questionForm({ verb: "Probe", methods, chosen: asked.method ?? "",
            more: checkField(asks, "Send a request, too") }, asked, (question) => start(question, true));
        const result = element("section", { class: "result", "aria-label": "Answer" });
        fill(body, element("p", null, "Connects to the server now, as a request for this URL would, with the identity ",
            "and the trust of its profile, and tells what happens."), form.node, result);
        offerListeners(context, form, asked.listener);
        let running = null;

        function start(question, moveFocus) {
            const whole = { ...question, asks: asks.checked ? "" : "no" };
            history.replaceState(null, "", addressOf(["probe"], whole));
            running?.abort();
            form.accept();
            running = runProbe(context, { ...question, asks: asks.checked }, result,
                { moveFocus, onRefusal: form.refuse, draw: (found) => drawChain(context, found) });
        }
    },
};

/** What the server has shown, beside the verdict. */
function drawChain(context, found) {
    const chain = found.found.map((one, at) => ({ ...one, role: at === 0 ? "server" : one.fetched_from ? "fetched" : "sent",
        verdict: found.trial.handshake?.chain[at]?.verdict }));
    return chain.length > 0 && [element("section", { "aria-labelledby": "server-chain" },
        element("h2", { id: "server-chain" }, "The server's certificates"), chainPicture(chain)),
    context.mayEdit && trustForm(context, found, chain)];
}

/** The reviewed step from what a server has shown to a record that trusts it. */
function trustForm(context, found, chain) {
    const [nameProblem, choiceProblem, comparedProblem] = ["trust-name", "trust-0", "compared"].map(problemOf);
    const name = text("trust-name", { value: `${found.host}-ca`.toLowerCase() });
    // The authority above all, where it is there: it stays when the server's own certificate is renewed.
    const boxes = chain.map((one, at) => element("input", { id: `trust-${at}`, type: "checkbox",
        checked: at === chain.length - 1 }));
    const compared = element("input", { id: "compared", type: "checkbox" });
    const outcome = element("div", { class: "outcome" });
    const make = element("button", { type: "submit", class: "primary" }, "Make the trust record");
    return element("details", { class: "trust" }, element("summary", null, "Trust this chain …"),
        element("p", null, "Whoever answers at this address has sent these certificates: that is no proof of who it is. ",
            "Ask the server's operator for the SHA-256 fingerprint in another way, by telephone or a signed letter, and ",
            "compare it digit by digit."),
        element("form", { class: "change", novalidate: true, on: { submit } },
            element("fieldset", { class: "field" }, element("legend", null, "Which of them"),
                chain.map((one, at) => [checkField(boxes[at], one.subject),
                    element("p", { class: "hint" }, element("code", { class: "fingerprint" }, one.sha256),
                        one.fetched_from && [", fetched from ", element("code", null, one.fetched_from)])]), choiceProblem),
            field(name, "Name of the record", null, nameProblem),
            checkField(compared, "I have compared the fingerprint with what the server's operator says"), comparedProblem,
            element("div", { class: "buttons" }, make), outcome));

    async function submit(event) {
        event.preventDefault();
        [[name, nameProblem], [boxes[0], choiceProblem], [compared, comparedProblem]].forEach((one) => accept(...one));
        const chosen = chain.filter((_, at) => boxes[at].checked);
        if (chosen.length === 0) return refuse(boxes[0], choiceProblem, "Choose what is to be trusted.");
        if (name.value.trim() === "") return refuse(name, nameProblem, "Give the record a name.");
        if (!compared.checked) {
            return refuse(compared, comparedProblem, "Compare the fingerprint first, and say so here.");
        }
        const changed = { title: "the certificate records", path: ["certificates"] };
        const how = { context, buttons: [make], region: outcome, changed, fields: { name: [name, nameProblem] } };
        await during("Making the trust record …", how, async (asking) => {
            const record = await ask("certificates", { method: "POST", ...asking, body: {
                name: name.value.trim(), type: "trust_store_cert", pem: chosen.map((one) => one.pem).join(""),
                description: `Shown by ${found.host}:${found.port} when it was probed` } });
            announce(`${record.name} is in force.`);
            fill(outcome, element("p", null, badge("good", "made"), " ", recordLink(record.name), ". A profile trusts it "
                + "where its trust names it", found.profile && [": ", element("a",
                { href: addressOf(["edit-profile", found.profile]) }, `edit ${found.profile}`)], "."));
        });
    }
}
