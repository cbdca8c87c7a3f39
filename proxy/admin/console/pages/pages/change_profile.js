// A new profile, or one that the console has written, changed: a form, the YAML that it writes, and what is wrong
// beside the field that it belongs to. Keys that the form has no field for are written as YAML.

import { ask, Problem } from "../api.js";
import { absentProfile, orNull } from "../parts/absent.js";
import { announce } from "../parts/announce.js";
import { accept, checkField, during, field, lines, problemOf, refuse, text } from "../parts/form.js";
import { emptyState, load } from "../parts/load.js";
import { keepTyped } from "../parts/typed.js";
import { addressOf } from "../router.js";
import { element, fill, prose } from "../view.js";

const changeWords = "Edit as YAML";
const soonMs = 400; // of no key pressed, until the proxy is asked what it says of the form

export const newPage = {
    title: () => "New profile",
    above: { title: "Profiles", path: ["profiles"] },
    show(context, body) {
        if (!context.mayEdit) return fill(body, emptyState(context.whyNoEdit()));
        const { query } = context.route;
        const begun = { name: "", hosts: [], key_store: query.get("key_store") ?? undefined };
        return showEditor(context, body, async () => ({ profile: begun }));
    },
};

export const editPage = {
    title: ({ parameters }) => `Edit ${parameters.name}`,
    above: ({ parameters }) => ({ title: parameters.name, path: ["profiles", parameters.name] }),
    show(context, body) {
        if (!context.mayEdit) return fill(body, emptyState(context.whyNoEdit()));
        const { name } = context.route.parameters;
        return showEditor(context, body, async () => {
            const found = await orNull(ask("profiles/" + encodeURIComponent(name), { signal: context.signal }));
            return found ? { profile: found.written, version: found.version, fixedBecause: found.fixed_because }
                : { absent: name };
        });
    },
};

function showEditor(context, body, begin) {
    return load(body, context, {
        what: "the profile",
        fetchIt: async () => {
            const [begun, { certificates }, { listeners }] = await Promise.all([begin(),
                ask("certificates", { signal: context.signal }), ask("status", { signal: context.signal })]);
            return { ...begun, certificates, listeners };
        },
        draw: (found) => (found.absent ? absentProfile(found.absent)
            : found.profile ? editor(context, found) : emptyState(prose(found.fixedBecause))),
    });
}

const at = (object, path) => path.reduce((inner, key) => inner?.[key], object);

/** The object with `value` there; undefined and empty ones leave no key behind. */
function withValue(object, [key, ...rest], value) {
    const next = { ...object };
    const inner = rest.length > 0 ? withValue(next[key] ?? {}, rest, value) : value;
    const isNothing = inner === undefined || inner === "" || (Array.isArray(inner) && inner.length === 0)
        || (rest.length > 0 && Object.keys(inner).length === 0);
    if (isNothing) delete next[key];
    else next[key] = inner;
    return next;
}

/** With null, which leaves them as they are, for what it sets in requests. */
function withoutValues(profile) {
    const set = at(profile, ["request_headers", "set"]);
    if (set === null || typeof set !== "object") return profile;
    const names = Object.fromEntries(Object.keys(set).map((name) => [name, null]));
    return withValue(profile, ["request_headers", "set"], names);
}

const numberOrText = (one) => (/^[0-9]{1,5}$/.test(one) ? Number(one) : one);
const words = (value) => value.split(/[\s,]+/).filter((one) => one !== "");

// How a value of the profile stands in a control, and comes out of it.
const plain = { show: (value) => String(value ?? ""), read: (value) => value.trim() };
const number = { show: plain.show, read: (value) => numberOrText(value.trim()) };
const list = { show: (value) => (value ?? []).join("\n"), read: words };
const numbers = { show: (value) => (value ?? []).join(", "), read: (value) => words(value).map(numberOrText) };
const texts = { show: numbers.show, read: words };

function fieldsOf({ certificates, listeners, version }) {
    const stores = certificates.filter((one) => one.kind !== "trust");
    const code = (one) => element("code", null, one);
    const control = (path, label, form, input, hint) => ({ path, label, form, input, hint, id: path.join("-") });
    return [
        { title: "Which requests", fields: [
            control(["name"], "Name", plain, text("name", { readonly: version !== undefined }),
                ["Small letters, digits and hyphens: ", code("acme"), "."]),
            control(["hosts"], "Hosts", list, lines("hosts", { rows: "3" }),
                ["One a line: ", code("api.partner.example"), ", or all names below a domain: ",
                    code("*.partner.example"), "."]),
            control(["ports"], "Ports", numbers, text("ports"), "Empty: any."),
            control(["paths"], "Paths", list, lines("paths", { rows: "2" }),
                ["One a line; ", code("/orders"), " is that path and all below it. Empty: any."]),
            control(["methods"], "Methods", texts, text("methods"), [code("GET, POST"), ". Empty: any."]),
            control(["clients"], "Clients", list, lines("clients", { rows: "2" }),
                ["One a line: ", code("10.0.0.0/8"), ", ", code("uid:1000"), ", or a client's name. Empty: any."]),
            listeners.length > 1 && choice(["listeners"], "Listeners", listeners.map(({ name }) => [name, name]),
                "None: any."),
        ] },
        { title: "Identity and trust", fields: [
            { ...control(["key_store"], "Key store", plain, element("select", { id: "key_store" },
                element("option", { value: "" }, "none: only the server shows a certificate"),
                stores.map((one) => element("option", { value: one.name }, optionText(one)))),
                "Whose certificate is presented to the server.") },
            choice(["trust"], "Trust", [...certificates.filter((one) => one.kind === "trust")
                .map((one) => [one.name, `${one.name}${one.active ? "" : " (not active)"}`]),
            ["system", "system: the authorities that this machine trusts"]],
            "Whose certificates a server may have."),
        ] },
        { title: "The server", fields: [
            control(["connect_to"], "Dial", plain, text("connect_to"),
                ["Instead of the host that is asked for: ", code("10.1.2.3:8443"), ". Empty: that host."]),
            control(["default_port"], "Port of a URL that names none", number, text("default_port"), "Empty: 443."),
            control(["tls", "server_name"], "Name that its certificate has", plain, text("tls-server_name"),
                "Where that is another one than the host. Empty: the host."),
            control(["tls", "min_version"], "Lowest TLS version", plain, element("select", { id: "tls-min_version" },
                [["", "1.2, the default"], ["1.2", "1.2"], ["1.3", "1.3"]].map(([value, said]) =>
                    element("option", { value }, said)))),
        ] },
    ].map((group) => ({ ...group, fields: group.fields.filter(Boolean) }));
}

function optionText(record) {
    const detail = [record.subject, record.active ? null : "not active"].filter(Boolean).join(", ");
    return detail ? `${record.name} (${detail})` : record.name;
}

/** Several of a few. */
function choice(path, label, options, hint) {
    return { path, label, hint, id: path.join("-"), options };
}

function editor(context, found) {
    let profile = found.profile;
    let asYaml = false;
    let soon = null;
    let asked = 0;
    const groups = fieldsOf(found);
    const controls = groups.flatMap((group) => group.fields).map(bind);
    const yaml = lines("yaml", { rows: "18" });
    const shown = element("pre", { class: "yaml", role: "group", tabindex: "0", "aria-label": "The YAML of the profile" });
    const others = element("div", { class: "outcome" });
    const outcome = element("div", { class: "outcome" });
    const keep = element("button", { type: "submit", class: "primary" }, "Save");
    const other = element("button", { type: "button", on: { click: changeWay } });
    const place = element("div");
    yaml.addEventListener("input", later);
    drawPlace();
    const typed = keepTyped(context, {
        // The values of header fields are secrets: they are not kept, nor is a text that has some.
        read: () => (asYaml && yaml.value.includes("request_headers") ? null
            : { profile: withoutValues(profile), asYaml, yaml: asYaml ? yaml.value : "" }),
        write: (value) => {
            ({ profile, asYaml, yaml: yaml.value } = value);
            drawPlace();
            preview();
        },
    });
    // A form that nobody has filled in yet has no problems to be told.
    if (found.version !== undefined || profile.key_store) preview();

    return element("form", { class: "change-profile", novalidate: true, on: { submit } },
        element("div", null, typed.note, place, element("div", { class: "buttons" }, keep, other), outcome),
        element("aside", { "aria-label": "What is written" }, element("h2", null, "What is written"), shown, others));

    /** A field of the form with what connects it to the profile. */
    function bind(one) {
        const problem = problemOf(one.id);
        if (one.options) {
            const boxes = one.options.map(([value, said], index) => [value,
                element("input", { id: `${one.id}-${index}`, type: "checkbox", on: { change: () => changed() } }), said]);
            return { ...one, problem,
                first: boxes[0]?.[1] ?? problem,
                // What it names that is not to be chosen here stays.
                read: () => [...boxes.filter(([, box]) => box.checked).map(([value]) => value),
                    ...(at(profile, one.path) ?? []).filter((name) => !boxes.some(([value]) => value === name))],
                show: (value) => boxes.forEach(([name, box]) => { box.checked = (value ?? []).includes(name); }),
                node: element("fieldset", { class: "field", "aria-describedby": `${one.id}-problem` },
                    element("legend", null, one.label), boxes.map(([, box, said]) => checkField(box, said)),
                    element("p", { class: "hint" }, one.hint), problem) };
        }
        one.input.addEventListener("input", () => changed());
        return { ...one, problem, first: one.input,
            read: () => one.form.read(one.input.value),
            show: (value) => {
                addOption(one.input, value);
                one.input.value = one.form.show(value);
            },
            node: field(one.input, one.label, one.hint, problem) };
    }

    function drawPlace() {
        fill(other, asYaml ? "Back to the form" : changeWords);
        if (asYaml) {
            return fill(place, field(yaml, "Profile", "Its keys, as the configuration has them. A value of "
                + "request_headers.set that is null stays as it is: values are not shown here."));
        }
        fill(place, groups.map((group, order) => element("section", { "aria-labelledby": `group-${order}` },
            element("h2", { id: `group-${order}` }, group.title),
            group.fields.map((one) => controls.find(({ id }) => id === one.id).node))));
        controls.forEach((one) => one.show(at(profile, one.path)));
    }

    function read() {
        for (const one of controls) profile = withValue(profile, one.path, one.read());
        profile.hosts ??= [];
    }

    function body() {
        return asYaml ? { yaml: yaml.value } : { profile };
    }

    function changed() {
        read();
        later();
    }

    function later() {
        clearTimeout(soon);
        soon = setTimeout(preview, soonMs);
    }

    /** What the proxy says of it: "right", "wrong", "unread", or null where it was asked anew meanwhile. */
    async function preview() {
        clearTimeout(soon);
        const turn = ++asked;
        try {
            const seen = await ask("profile-previews", { method: "POST", body: body(), signal: context.signal });
            if (turn !== asked) return null;
            if (asYaml) profile = seen.profile;
            fill(shown, seen.yaml);
            return tell(seen.problems) ? "right" : "wrong";
        } catch (error) {
            if (context.signal.aborted || turn !== asked) return null;
            if (error.status === 401) return context.signIn();
            if (!(error instanceof Problem)) throw error;
            tell([{ field: "", text: error.detail }]);
            announce(error.detail);
            return "unread";
        }
    }

    function tell(problems) {
        controls.forEach((one) => accept(one.first, one.problem));
        const left = problems.filter((problem) => {
            const owner = asYaml ? null : controls.find(({ path }) => isWithin(problem.field, path.join(".")));
            if (!owner) return true;
            owner.said = problem.text;
            fill(owner.problem, prose(owner.said));
            owner.first.setAttribute("aria-invalid", "true");
            return false;
        });
        fill(others, left.length > 0 && element("div", { class: "problem" },
            left.map((one) => element("p", null, one.field && [element("code", null, one.field), ": "],
                prose(one.text))),
            !asYaml && left.some((one) => one.field) && element("p", null, "The form has no field for this. Press ",
                element("strong", null, changeWords), " to write it.")));
        return problems.length === 0;
    }

    async function changeWay() {
        if (!asYaml) read();
        // What cannot be shown the other way stays where it is.
        if (!["right", "wrong"].includes(await preview())) return;
        const unfit = asYaml ? controls.filter((one) => !hasPlace(one, at(profile, one.path))) : [];
        if (unfit.length > 0) {
            const problem = `The form has no place for ${unfit.map((one) => one.path.join(".")).join(", ")} as it is `
                + "written here. Write lists as lists: [a, b].";
            fill(others, element("div", { class: "problem" }, element("p", null, problem)));
            return announce(problem);
        }
        asYaml = !asYaml;
        if (asYaml) yaml.value = shown.textContent;
        drawPlace();
        fill(others); // what was said of the other way
        (asYaml ? yaml : controls[0].first).focus();
        preview();
    }

    async function submit(event) {
        event.preventDefault();
        if (!asYaml) read();
        const said = await preview();
        if (said === null) return;
        if (said !== "right") {
            const first = controls.find((one) => one.first.getAttribute("aria-invalid") === "true");
            if (!asYaml && first) return refuse(first.first, first.problem, first.said);
            return announce(others.textContent);
        }
        const { name } = found.profile;
        const changed = found.version === undefined ? { title: "the profiles", path: ["profiles"] }
            : { title: name, path: ["profiles", name] };
        await during("Saving …", { context, buttons: [keep, other], region: outcome, changed,
            absent: () => absentProfile(name) }, async (asking) => {
            const how = found.version === undefined ? { method: "POST" } : { method: "PUT", version: found.version };
            const path = found.version === undefined ? "profiles" : "profiles/" + encodeURIComponent(name);
            const { written } = await ask(path, { ...how, body: body(), ...asking });
            typed.sent();
            announce(`${written.name} is in force.`);
            location.hash = addressOf(["profiles", written.name]);
        });
    }
}

/** Whether the control can show the value. */
function hasPlace(one, value) {
    const takesList = one.options !== undefined || [list, numbers, texts].includes(one.form);
    if (value === undefined) return true;
    return takesList ? Array.isArray(value) && value.every((each) => typeof each !== "object")
        : ["string", "number", "boolean"].includes(typeof value);
}

/** "hosts[1]" is within "hosts", "tls.min_version" within itself. */
function isWithin(field, path) {
    return field === path || field.startsWith(path + "[") || field.startsWith(path + ".");
}

/** A choice that the list does not have (a record that is gone) stays what it is. */
function addOption(select, value) {
    if (select.tagName !== "SELECT" || value === undefined) return;
    const known = [...select.options].some((one) => one.value === String(value));
    if (!known) select.append(element("option", { value }, String(value)));
}
