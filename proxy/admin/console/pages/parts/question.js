// A request that nobody has sent: the form that asks about one.

import { ask } from "../api.js";
import { element } from "../view.js";
import { accept, problemOf, refuse } from "./form.js";

/**
 * `verb`: of the button. `methods`: [value, words] to choose from, of which one is `chosen`. `asked`: what stands in
 * it at first. `ask_` is given the question: {url, method, client, listener}. The form's node, and what its page does
 * with it.
 */
export function questionForm({ verb, methods, chosen, hint = null, more = null }, asked, ask_) {
    const url = element("input", { id: "url", name: "url", type: "text", inputmode: "url", required: true,
        autocomplete: "off", autocapitalize: "none", spellcheck: "false", value: asked.url ?? "",
        "aria-describedby": "url-hint url-problem" });
    const method = element("select", { id: "method", name: "method" },
        [...methods, ...(methods.some(([one]) => one === chosen) ? [] : [[chosen, chosen]])].map(([one, words]) =>
            element("option", { value: one, selected: one === chosen }, words)));
    const client = element("input", { id: "client", name: "client", type: "text", autocomplete: "off",
        autocapitalize: "none", spellcheck: "false", value: asked.client ?? "",
        "aria-describedby": "client-hint client-problem" });
    const listener = element("select", { id: "listener", name: "listener", "aria-describedby": "listener-problem" },
        element("option", { value: "" }, "the first that the client can come to"));
    const problems = new Map([url, client, listener].map((one) => [one, problemOf(one.getAttribute("id"))]));
    const field = (control, label, ...more) => element("div", { class: "field" },
        element("label", { for: control.getAttribute("id") }, label), control, more);

    const form = {
        url, listener,
        /** At the field that the proxy's sentence begins with: "client 'nobody' is …"; else at the URL. */
        refuse(sentence) {
            const named = [client, listener].find((one) => sentence.startsWith(`${one.getAttribute("id")} '`)) ?? url;
            refuse(named, problems.get(named), sentence);
        },
        accept() {
            problems.forEach((problem, control) => accept(control, problem));
        },
        node: element("form", { class: "question", novalidate: true, on: { submit } },
            field(url, "URL", element("p", { id: "url-hint", class: "hint" }, "As the application would ask for it: ",
                element("code", null, "http://api.partner.example/orders"), ".", hint), problems.get(url)),
            field(method, "Method"),
            field(client, "Client", element("p", { id: "client-hint", class: "hint" }, "An address, ",
                element("code", null, "uid:1000"),
                " or a client's name. Empty: this machine, or the first network that the listener allows."),
            problems.get(client)),
            field(listener, "Listener", problems.get(listener)),
            more, element("button", { type: "submit", class: "primary" }, verb)),
    };

    function submit(event) {
        event.preventDefault();
        form.accept();
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
