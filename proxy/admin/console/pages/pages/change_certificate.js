// A new record, or another store for one that is there. What is in the file, and what lint says of it, is
// shown before anything is kept.

import { ask } from "../api.js";
import { absentRecord, orNull } from "../parts/absent.js";
import { announce } from "../parts/announce.js";
import { chainPicture } from "../parts/chain_picture.js";
import { badge } from "../parts/days_left.js";
import { findingList } from "../parts/findings.js";
import { accept, bytesOf, checkField, during, field, lines, mostBytes, problemOf, refuse, text }
    from "../parts/form.js";
import { emptyState, load } from "../parts/load.js";
import { runProbe } from "../parts/probing.js";
import { keepTyped, valuesOf } from "../parts/typed.js";
import { addressOf } from "../router.js";
import { element, fill, prose } from "../view.js";

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
            fetchIt: () => orNull(ask("certificates/" + encodeURIComponent(name), { signal: context.signal })),
            draw: (record) => {
                if (record === null) return absentRecord(name);
                if (!record.editable) return emptyState(prose(record.fixed_because));
                const form = element("div");
                showForm(form, context, record);
                return form;
            },
        });
    },
};

/** `former`: the record that is to have another store; null: a new one. */
function showForm(body, context, former) {
    const [nameProblem, fileProblem, pemProblem] = [problemOf("name"), problemOf("file"), problemOf("pem")];
    const name = text("name", { required: true });
    const description = text("description");
    const file = element("input", { id: "file", type: "file" });
    const pem = lines("pem");
    const password = element("input", { id: "password", type: "password", autocomplete: "off" });
    const keyPassword = element("input", { id: "key-password", type: "password", autocomplete: "off" });
    const alias = element("select", { id: "alias" }, element("option", { value: "" }, "the only one"));
    const active = element("input", { id: "active", type: "checkbox", checked: true });
    const outcome = element("div");
    const found = element("section", { "aria-label": "What is in it" });
    const trial = element("section", { "aria-label": "Probe" });
    let mayKeep = false;
    const keep = element("button", { type: "button", class: "primary", disabled: true, on: { click: keepIt } },
        former ? "Replace it" : "Keep it");
    const look = element("button", { type: "submit" }, "Look at it");
    const typed = former ? null : keepTyped(context, { ...valuesOf([name, description, active]),
        words: "Name and description are here again. Choose the file anew, and type its passwords." });
    for (const control of [file, pem, password, keyPassword, alias]) control.addEventListener("input", forget);

    fill(body, typed?.note, element("form", { class: "change", novalidate: true, on: { submit: lookAtIt } },
        !former && field(name, "Name", "What profiles call it.", nameProblem),
        !former && field(description, "Description"),
        field(file, "File", ["Drop it here, or choose it: JKS, PKCS#12 or PEM, with the private key; or certificates "
            + "to trust."], fileProblem),
        field(pem, "Or its text", "PEM: -----BEGIN …", pemProblem),
        field(password, "Password", "Of the key store. It is written beside it, for its owner to read alone, and never "
            + "shown again."),
        field(keyPassword, "Password of the key", "Where the key has one of its own; else empty."),
        field(alias, "Alias", "Where the store holds several keys. Look at it first."),
        !former && checkField(active, "Active"),
        element("div", { class: "buttons" }, look, keep), outcome), found, trial);

    /** What is kept is what was looked at. */
    function forget(event) {
        keep.disabled = true;
        mayKeep = false;
        fill(outcome);
        fill(trial);
        if (event.target !== alias) fill(found);
    }

    async function draftOf() {
        for (const [control, problem] of [[name, nameProblem], [file, fileProblem], [pem, pemProblem]]) {
            accept(control, problem);
        }
        const chosen = file.files[0];
        if (!chosen && pem.value.trim() === "") return refuse(file, fileProblem, "Choose a file, or paste a text of PEM.");
        if (chosen && pem.value.trim() !== "") {
            return refuse(file, fileProblem, "There is a file and a text. Take one of them out.");
        }
        if (chosen && chosen.size > mostBytes) {
            return refuse(file, fileProblem, "The file is larger than any key store: 1.5 MiB are read. Choose another.");
        }
        if (pem.value.length > mostBytes) {
            return refuse(pem, pemProblem, "The text is larger than any key store: 1.5 MiB are read. Paste less.");
        }
        const draft = { password: password.value || null, key_password: keyPassword.value || null,
            alias: alias.value || null };
        if (chosen) return { ...draft, ...(await bytesOf(chosen)) };
        return { ...draft, pem: pem.value };
    }

    async function busy(words, changed, work) {
        const onProblem = async (error) => { if (error.status === 412) await lookAtFormer(); };
        const fields = former ? {} : { name: [name, nameProblem] };
        const done = await during(words, { context, buttons: [look, keep], region: outcome, changed, onProblem, fields,
            absent: former && (() => absentRecord(former.name)) }, work);
        if (done) fill(outcome);
        keep.disabled = !mayKeep;
        if (document.activeElement === document.body) look.focus();
    }

    async function lookAtIt(event) {
        event.preventDefault();
        const draft = await draftOf();
        if (!draft) return;
        mayKeep = false;
        fill(found);
        await busy("Looking at it …", null, async (asking) => {
            const seen = await ask("inspections", { method: "POST", body: draft, ...asking });
            if (context.signal.aborted) return;
            offerAliases(seen);
            fill(found, inspected(seen, former));
            found.querySelector("h2").focus();
            mayKeep = seen.problem === null;
            fill(trial, mayKeep && former?.kind === "key store" && probeFirst(draft));
            announce(seen.problem ?? "It can be kept.");
        });
    }

    /** Whether a server takes the new one, before anything is kept. */
    function probeFirst(draft) {
        const url = text("probe-url", { inputmode: "url", autocapitalize: "none" });
        const problem = problemOf("probe-url");
        const result = element("div", { class: "result" });
        let running = null;
        hostOf(former, context).then((host) => { if (host && url.value === "") url.value = `http://${host}/`; });
        return element("details", null, element("summary", null, "Probe with it first …"),
            element("p", null, "Connects to a server of the profile with the new key store. Nothing is kept of it."),
            element("form", { class: "change", novalidate: true, on: { submit: (event) => {
                event.preventDefault();
                accept(url, problem);
                if (url.value.trim() === "") return refuse(url, problem, "Type the URL that the application asks for.");
                running?.abort();
                running = runProbe(context, { url: url.value.trim(), draft }, result,
                    { onRefusal: (sentence) => refuse(url, problem, sentence) });
            } } }, field(url, "URL", "As the application would ask for it.", problem),
            element("div", { class: "buttons" }, element("button", { type: "submit" }, "Probe"))), result);
    }

    /** Somebody else has changed the record: what it is now is what is decided about. */
    async function lookAtFormer() {
        former = await ask("certificates/" + encodeURIComponent(former.name), { signal: context.signal }).catch(() => former);
        mayKeep = false;
        fill(found, element("h2", null, "In force now"),
            element("p", null, "What you have chosen is still chosen: look at it again, beside this."),
            chainPicture(former.certificates));
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
        const changed = former ? { title: former.name, path: ["certificates", former.name] }
            : { title: "the certificate records", path: ["certificates"] };
        await busy(former ? "Replacing it …" : "Keeping it …", changed, async (asking) => {
            const record = await ask(call, { ...how, ...asking });
            typed?.sent();
            announce(`${record.name} is in force.`);
            location.hash = addressOf(["certificates", record.name]);
        });
    }
}

/** A host of a profile that presents the record; null: there is none that is a name. */
async function hostOf(record, context) {
    const { profiles } = await ask("profiles", { signal: context.signal }).catch(() => ({ profiles: [] }));
    const hosts = profiles.filter((one) => record.used_by.includes(one.profile)).flatMap((one) => one.hosts);
    return hosts.find((one) => !one.includes("*")) ?? null;
}

function inspected(seen, former) {
    const entries = arranged(seen.entries);
    const own = element("div", null,
        former && element("h3", null, "New"),
        entries.map((one) => [
            one.alias !== null && (!former || entries.length > 1) && element("p", null, one.kind === "key" ? "Key " : "Certificate ",
                element("code", null, one.alias)),
            one.certificates.length > 0 ? chainPicture(rolesOf(one))
                : element("p", null, "A private key without a certificate."),
        ]));
    return [
        element("h2", { tabindex: "-1" }, seen.container
            ? [seen.problem ? badge("bad", "not yet") : badge("good", "good"), ` ${seen.container}`,
                seen.type === "trust_store_cert" ? ": certificates to trust" : seen.type ? ": a key store" : ""]
            : badge("bad", "not opened")),
        seen.problem && element("p", { class: "problem" }, prose(seen.problem)),
        seen.notes.map((note) => element("p", { class: "hint" }, prose(note))),
        seen.container && [element("h3", null, "Findings"), findingList(seen.findings)],
        former ? element("div", { class: "side-by-side" },
            element("div", null, element("h3", null, "In force"), chainPicture(former.certificates)), own) : own,
    ];
}

/** As a record has them: each key with the authorities above it, then what belongs to none. */
function arranged(entries) {
    const loose = entries.filter((one) => one.kind === "certificate").flatMap((one) => one.certificates);
    const keys = entries.filter((one) => one.kind === "key")
        .map((one) => ({ ...one, certificates: withIssuers(one.certificates, loose) }));
    const used = new Set(keys.flatMap((one) => one.certificates));
    const others = entries.filter((one) => one.kind !== "key" && !one.certificates.every((each) => used.has(each)));
    return [...keys, ...others.map((one) => ({ ...one, isExtra: one.kind === "certificate" && keys.length > 0 }))];
}

function withIssuers(certificates, loose) {
    const chain = [...certificates];
    for (let last = chain.at(-1); last && !last.self_issued;) {
        last = loose.find((one) => one.subject === last.issuer && !chain.includes(one));
        if (last) chain.push(last);
    }
    return chain;
}

function rolesOf({ kind, certificates, isExtra }) {
    if (kind !== "key") return certificates.map((one) => ({ ...one, role: isExtra ? "extra" : "trusted" }));
    return certificates.map((one, at) => ({ ...one, role: at === 0 ? "leaf" : "chain" }));
}
