// Which profile and which identity a request would get, and why. Nothing is sent to the server. The
// question stands in the address, so that it can be passed on: #/explain?url=…

import { ask } from "../api.js";
import { announce } from "../parts/announce.js";
import { badge } from "../parts/days_left.js";
import { problemBox, sentenceOf } from "../parts/load.js";
import { offerListeners, questionForm } from "../parts/question.js";
import { facts, plainTable } from "../parts/table.js";
import { addressOf } from "../router.js";
import { element, fill, prose } from "../view.js";
import { profileLink, recordLink } from "./certificates.js";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT"].map((one) => [one, one]);

export const page = {
    title: () => "Explain",

    show(context, body) {
        const asked = Object.fromEntries(context.route.query);
        const form = questionForm({ verb: "Explain", methods, chosen: asked.method ?? "GET",
            hint: [" For CONNECT: ", element("code", null, "host:port"), "."] }, asked, (question) =>
            ask_({ ...question, method: question.method === "GET" ? "" : question.method }));
        const result = element("section", { class: "result", "aria-label": "Answer" });
        fill(body,
            element("p", null, "Which profile and identity a request would get, and why. ",
                "Nothing is sent to the server."),
            form.node, result);
        offerListeners(context, form, asked.listener);
        if (asked.url) explain(context, form, asked, result, false);

        function ask_(question) {
            const address = addressOf(["explain"], question);
            if (location.hash !== address) history.pushState(null, "", address);
            explain(context, form, question, result, true);
        }
    },
};

let questions = 0;

async function explain(context, form, question, result, moveFocus) {
    const turn = ++questions;
    const isPast = () => context.signal.aborted || turn !== questions; // another one was asked meanwhile
    form.accept();
    fill(result, element("p", { class: "loading" },
        element("progress", { "aria-label": "Asking" }), "Asking the proxy …"));
    const { url, method = "", client = "", listener = "" } = question;
    try {
        const found = await ask("explain", { method: "POST", signal: context.signal,
            body: { url, method: method || "GET", client, listener } });
        if (isPast()) return;
        fill(result, answer(found), context.mayProbe && !found.refused && method !== "CONNECT" && element("p", null,
            element("a", { href: addressOf(["probe"], { url, method, client, listener }) }, "Probe it"),
            ": connect to the server, and see what it says."));
        if (moveFocus) result.querySelector("h2").focus();
    } catch (error) {
        if (isPast()) return;
        if (error.status === 401) return context.signIn();
        fill(result);
        if (error.status === 400) return form.refuse(sentenceOf(error));
        fill(result, problemBox(error, () => explain(context, form, question, result, true)));
        announce(sentenceOf(error));
    }
}

function answer(found) {
    return [
        element("h2", { tabindex: "-1" }, found.refused ? badge("bad", "refused") : badge("good", "served"), " ",
            found.request),
        facts([
            ["Profile", found.profile && profileLink(found.profile)],
            ["Because", prose(found.because)],
            ["Refused", prose(found.refused)],
            ["Remedy", prose(found.remedy)],
            ["Answered", prose(found.answered)],
            ["Identity", found.identity],
            ["Key store", found.key_store && recordLink(found.key_store)],
            ["Expires", found.expires],
            ["Trust", found.trust],
            ["TLS", found.tls],
            ["Dials", found.dials],
            ["Addresses", found.addresses],
            ["Announces", found.announces],
            ["Verifies", found.verifies],
            ["Host", found.host],
            ["Headers", found.request_headers],
            ["Rewrites", found.rewrites],
            ["Leniency", found.response_leniency],
        ]),
        (found.considered ?? []).length > 0 && [
            element("h3", null, "Profiles that were considered"),
            plainTable("Profiles that were considered", ["Profile", "Verdict"],
                found.considered.map((one) => [profileLink(one.profile), prose(one.verdict)])),
        ],
    ];
}
