// A new record, or another store for one that is there. What is in the file, and what lint says of it, is
// shown before anything is kept.

import { ask } from "../api.js";
import { announce } from "../parts/announce.js";
import { chainPicture } from "../parts/chain_picture.js";
import { badge } from "../parts/days_left.js";
import { findingList } from "../parts/findings.js";
import { emptyState, load, problemBox, sentenceOf } from "../parts/load.js";
import { addressOf } from "../router.js";
import { element, fill } from "../view.js";

const mostBytes = 1_572_864; // what a key store may be

export const newPage = {
    title: () => "New certificate record",
    above: { title: "Certificates", path: ["certificates"] },
    show(context, body) {
        if (!context.mayEdit) return fill(body, emptyState(context.whyNoEdit()));
        showForm(body, context, null);
    },
};

export const replacePage = {
    title: ({ parameters }) => `Replace ${parameters.name}`,
    above: ({ parameters }) => ({ title: parameters.name, path: ["certificates", parameters.name] }),
    show(context, body) {
        if (!context.mayEdit) return fill(body, emptyState(context.whyNoEdit()));
        const { name } = context.route.parameters;
        const region = element("div");
        fill(body, region);
        return load(region, context, {
            what: "the record",
            fetchIt: () => ask("certificates/" + encodeURIComponent(name), { signal: context.signal }),
            draw: (record) => {
                if (!record.editable) return emptyState(record.fixed_because);
                const form = element("div");
                showForm(form, context, record);
                return form;
            },
        });
    },
};

function field(control, label, hint = null, problem = null) {
    const id = control.getAttribute("id");
    const described = [hint && `${id}-hint`, problem && problem.getAttribute("id")].filter(Boolean).join(" ");
    if (described) control.setAttribute("aria-describedby", described);
    return element("div", { class: "field" }, element("label", { for: id }, label), control,
        hint && element("p", { id: `${id}-hint`, class: "hint" }, hint), problem);
}

const text = (id, more = {}) => element("input", { id, type: "text", autocomplete: "off", spellcheck: "false", ...more });

/** `former`: the record that is to have another store; null: a new one. */
function showForm(body, context, former) {
    const nameProblem = element("p", { id: "name-problem", class: "field-problem" });
    const fileProblem = element("p", { id: "file-problem", class: "field-problem" });
    const name = text("name", { required: true });
    const description = text("description");
    const file = element("input", { id: "file", type: "file" });
    const pem = element("textarea", { id: "pem", rows: "5", spellcheck: "false", autocomplete: "off" });
    const password = element("input", { id: "password", type: "password", autocomplete: "off" });
    const alias = element("select", { id: "alias" }, element("option", { value: "" }, "the only one"));
    const active = element("input", { id: "active", type: "checkbox", checked: true });
    const found = element("section", { "aria-label": "What is in it" });
    const keep = element("button", { type: "button", class: "primary", disabled: true, on: { click: keepIt } },
        former ? "Replace it" : "Keep it");
    const look = element("button", { type: "submit" }, "Look at it");
    for (const control of [file, pem, password, alias]) control.addEventListener("input", forget);

    fill(body, element("form", { class: "change", novalidate: true, on: { submit: lookAtIt } },
        !former && field(name, "Name", "What profiles call it.", nameProblem),
        !former && field(description, "Description"),
        field(file, "File", ["Drop it here, or choose it: JKS, PKCS#12 or PEM, with the private key; or certificates "
            + "to trust."], fileProblem),
        field(pem, "Or its text", "PEM: -----BEGIN …"),
        field(password, "Password", "Of the key store. It is written beside it, for its owner to read alone, and never "
            + "shown again."),
        field(alias, "Alias", "Where the store holds several keys. Look at it first."),
        !former && element("div", { class: "field check" }, active, element("label", { for: "active" }, "Active")),
        element("div", { class: "buttons" }, look, keep)), found);

    /** What is kept is what was looked at. */
    function forget(event) {
        keep.disabled = true;
        if (event.target !== alias) fill(found);
    }

    function refuse(control, problem, sentence) {
        fill(problem, sentence);
        announce(sentence);
        control.setAttribute("aria-invalid", "true");
        control.focus();
        return null;
    }

    async function draftOf() {
        for (const [control, problem] of [[name, nameProblem], [file, fileProblem]]) {
            fill(problem);
            control.removeAttribute("aria-invalid");
        }
        const chosen = file.files[0];
        if (!chosen && pem.value.trim() === "") return refuse(file, fileProblem, "Choose a file, or paste a text of PEM.");
        if (chosen && pem.value.trim() !== "") {
            return refuse(file, fileProblem, "There is a file and a text. Take one of them out.");
        }
        if (chosen && chosen.size > mostBytes) {
            return refuse(file, fileProblem, "The file is larger than any key store: 1.5 MiB are read. Choose another.");
        }
        const draft = { password: password.value || null, alias: alias.value || null };
        if (chosen) return { ...draft, file_name: chosen.name, content: base64(await chosen.arrayBuffer()) };
        return { ...draft, pem: pem.value };
    }

    async function busy(words, work) {
        look.disabled = keep.disabled = true;
        fill(found, element("p", { class: "loading" }, element("progress", { "aria-label": words }), words));
        try {
            return await work();
        } catch (error) {
            if (context.signal.aborted) return;
            if (error.status === 401) return context.signIn();
            fill(found, problemBox(error));
            announce(sentenceOf(error));
        } finally {
            look.disabled = false;
        }
    }

    async function lookAtIt(event) {
        event.preventDefault();
        const draft = await draftOf();
        if (!draft) return;
        await busy("Looking at it …", async () => {
            const seen = await ask("inspections", { method: "POST", body: draft, signal: context.signal });
            if (context.signal.aborted) return;
            offerAliases(seen);
            fill(found, inspected(seen, former));
            keep.disabled = seen.problem !== null;
            announce(seen.problem ?? "It can be kept.");
        });
    }

    function offerAliases(seen) {
        const keys = seen.entries.filter((one) => one.kind === "key" && one.alias !== null);
        const chosen = alias.value;
        if (keys.length === 0) return; // it was not opened: the choice stays
        fill(alias, element("option", { value: "" }, keys.length === 1 ? "the only one" : "choose one"),
            keys.map((one) => element("option", { value: one.alias, selected: one.alias === chosen }, one.alias)));
    }

    async function keepIt() {
        const draft = await draftOf();
        if (!draft) return;
        if (!former && name.value.trim() === "") return refuse(name, nameProblem, "Give the record a name.");
        const call = former ? "certificates/" + encodeURIComponent(former.name) : "certificates";
        const how = former ? { method: "PUT", body: draft, version: former.version }
            : { method: "POST", body: { ...draft, name: name.value.trim(), description: description.value,
                active: active.checked } };
        await busy(former ? "Replacing it …" : "Keeping it …", async () => {
            const record = await ask(call, { ...how, signal: context.signal });
            announce(`${record.name} is in force.`);
            location.hash = addressOf(["certificates", record.name]);
        });
    }
}

function inspected(seen, former) {
    const own = element("div", null,
        former && element("h3", null, "New"),
        seen.entries.map((one) => [
            one.alias !== null && element("p", null, one.kind === "key" ? "Key " : "Certificate ",
                element("code", null, one.alias)),
            one.certificates.length > 0 ? chainPicture(rolesOf(one))
                : element("p", null, "A private key without a certificate."),
        ]));
    return [
        element("h2", null, seen.container
            ? [seen.problem ? badge("bad", "not yet") : badge("good", "good"), ` ${seen.container}`,
                seen.type === "trust_store_cert" ? ": certificates to trust" : seen.type ? ": a key store" : ""]
            : badge("bad", "not opened")),
        seen.problem && element("p", { class: "problem" }, seen.problem),
        seen.notes.map((note) => element("p", { class: "hint" }, note)),
        seen.container && [element("h3", null, "Findings"), findingList(seen.findings)],
        former ? element("div", { class: "side-by-side" },
            element("div", null, element("h3", null, "In force"), chainPicture(former.certificates)), own) : own,
    ];
}

function rolesOf(entry) {
    const first = entry.kind === "key" ? "leaf" : "trusted";
    return entry.certificates.map((one, at) => ({ ...one, role: at === 0 ? first : entry.kind === "key" ? "chain" : first }));
}

function base64(buffer) {
    const bytes = new Uint8Array(buffer);
    let letters = "";
    for (let at = 0; at < bytes.length; at += 32_768) {
        letters += String.fromCharCode(...bytes.subarray(at, at + 32_768));
    }
    return btoa(letters);
}
