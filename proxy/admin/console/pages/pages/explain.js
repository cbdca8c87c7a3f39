// Which profile and which identity a request would get, and why. Nothing is sent to the server. The
// question stands in the address, so that it can be passed on: #/explain?url=…

import { ask } from "../api.js";
import { announce } from "../parts/announce.js";
import { badge } from "../parts/days_left.js";
import { problemBox, sentenceOf } from "../parts/load.js";
import { facts, plainTable } from "../parts/table.js";
import { addressOf } from "../router.js";
import { element, fill } from "../view.js";
import { profileLink, recordLink } from "./certificates.js";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT"];

export const page = {
    title: () => "Explain",

    show(context, body) {
        const asked = Object.fromEntries(context.route.query);
        const form = questionForm(asked, ask_);
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

function questionForm(asked, ask_) {
    const url = element("input", { id: "url", name: "url", type: "text", inputmode: "url", required: true,
        autocomplete: "off", autocapitalize: "none", spellcheck: "false", value: asked.url ?? "",
        "aria-describedby": "url-hint url-problem" });
    const problem = element("p", { id: "url-problem", class: "field-problem" });
    const chosen = asked.method ?? "GET";
    const method = element("select", { id: "method", name: "method" },
        [...new Set([...methods, chosen])].map((one) =>
            element("option", { value: one, selected: one === chosen }, one)));
    const client = element("input", { id: "client", name: "client", type: "text", autocomplete: "off",
        autocapitalize: "none", spellcheck: "false", value: asked.client ?? "", "aria-describedby": "client-hint" });
    const listener = element("select", { id: "listener", name: "listener" },
        element("option", { value: "" }, "the first that the client can come to"));
    const field = (control, label, ...more) => element("div", { class: "field" },
        element("label", { for: control.getAttribute("id") }, label), control, more);

    const form = {
        url, listener,
        refuse(sentence) {
            fill(problem, sentence);
            announce(sentence);
            url.setAttribute("aria-invalid", "true");
            url.focus();
        },
        accept() {
            fill(problem);
            url.removeAttribute("aria-invalid");
        },
        node: element("form", { class: "question", novalidate: true, on: { submit } },
            field(url, "URL", element("p", { id: "url-hint", class: "hint" }, "As the application would ask for it: ",
                element("code", null, "http://api.partner.example/orders"), ". For CONNECT: ",
                element("code", null, "host:port"), "."), problem),
            field(method, "Method"),
            field(client, "Client", element("p", { id: "client-hint", class: "hint" }, "An address, ",
                element("code", null, "uid:1000"),
                " or a client's name. Empty: this machine, or the first network that the listener allows.")),
            field(listener, "Listener"),
            element("button", { type: "submit", class: "primary" }, "Explain")),
    };

    function submit(event) {
        event.preventDefault();
        if (url.value.trim() === "") return form.refuse("Type the URL that the application asks for.");
        ask_({ url: url.value.trim(), method: method.value === "GET" ? "" : method.value,
            client: client.value.trim(), listener: listener.value });
    }
    return form;
}

// The form serves without them: a question that names one is asked as it is.
async function offerListeners(context, form, chosen) {
    const add = (name, text) =>
        form.listener.append(element("option", { value: name, selected: name === chosen }, text));
    try {
        const { listeners } = await ask("status", { signal: context.signal });
        for (const { name, address } of listeners) if (name) add(name, `${name} (${address})`);
        if (chosen && !listeners.some(({ name }) => name === chosen)) add(chosen, chosen);
    } catch (error) {
        if (error.status === 401) context.signIn();
        else if (chosen && !context.signal.aborted) add(chosen, chosen);
    }
}

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
        fill(result, answer(found));
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
            ["Because", found.because],
            ["Refused", found.refused],
            ["Remedy", found.remedy],
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
                found.considered.map((one) => [profileLink(one.profile), one.verdict])),
        ],
    ];
}
