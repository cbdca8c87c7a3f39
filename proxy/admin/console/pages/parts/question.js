// A request that nobody has sent: the form that asks about one.

import { ask } from "../api.js";
import { element, fill, prose } from "../view.js";
import { announce } from "./announce.js";

/**
 * `verb`: of the button. `methods`: [value, words] to choose from, of which one is `chosen`. `asked`: what stands in
 * it at first. `ask_` is given the question: {url, method, client, listener}. The form's node, and what its page does
 * with it.
 */
export function questionForm({ verb, methods, chosen, hint = null, more = null }, asked, ask_) {
    const url = element("input", { id: "url", name: "url", type: "text", inputmode: "url", required: true,
        autocomplete: "off", autocapitalize: "none", spellcheck: "false", value: asked.url ?? "",
        "aria-describedby": "url-hint url-problem" });
    const problem = element("p", { id: "url-problem", class: "field-problem" });
    const method = element("select", { id: "method", name: "method" },
        [...methods, ...(methods.some(([one]) => one === chosen) ? [] : [[chosen, chosen]])].map(([one, words]) =>
            element("option", { value: one, selected: one === chosen }, words)));
    const client = element("input", { id: "client", name: "client", type: "text", autocomplete: "off",
        autocapitalize: "none", spellcheck: "false", value: asked.client ?? "", "aria-describedby": "client-hint" });
    const listener = element("select", { id: "listener", name: "listener" },
        element("option", { value: "" }, "the first that the client can come to"));
    const field = (control, label, ...more) => element("div", { class: "field" },
        element("label", { for: control.getAttribute("id") }, label), control, more);

    const form = {
        url, listener,
        refuse(sentence) {
            fill(problem, prose(sentence));
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
                element("code", null, "http://api.partner.example/orders"), ".", hint), problem),
            field(method, "Method"),
            field(client, "Client", element("p", { id: "client-hint", class: "hint" }, "An address, ",
                element("code", null, "uid:1000"),
                " or a client's name. Empty: this machine, or the first network that the listener allows.")),
            field(listener, "Listener"),
            more, element("button", { type: "submit", class: "primary" }, verb)),
    };

    function submit(event) {
        event.preventDefault();
        if (url.value.trim() === "") return form.refuse("Type the URL that the application asks for.");
        ask_({ url: url.value.trim(), method: method.value,
            client: client.value.trim(), listener: listener.value });
    }
    return form;
}

// The form serves without them: a question that names one is asked as it is.
export async function offerListeners(context, form, chosen) {
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
