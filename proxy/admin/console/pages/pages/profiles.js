// Every protocol profile in one table, and each one on a page of its own.

import { ask } from "../api.js";
import { absentProfile, orNull } from "../parts/absent.js";
import { announce } from "../parts/announce.js";
import { daysLeftBadge } from "../parts/days_left.js";
import { confirmDialog } from "../parts/confirm.js";
import { during } from "../parts/form.js";
import { emptyState, load } from "../parts/load.js";
import { facts, sortableTable } from "../parts/table.js";
import { addressOf } from "../router.js";
import { element, prose } from "../view.js";
import { joinedLinks, profileLink, recordLink } from "./certificates.js";

const listed = (texts, without) => ((texts ?? []).length > 0 ? texts.join(", ") : without);

// Nine columns: texts wrap, so that they fit a usual window.
const columns = [
    { title: "Profile", cell: (row) => profileLink(row.profile), sortBy: (row) => row.profile },
    { title: "Hosts", cell: (row) => listed(row.hosts, "by its name only"), sortBy: (row) => listed(row.hosts, "") },
    { title: "Identity", cell: (row) => row.identity, sortBy: (row) => row.identity },
    { title: "Key store", cell: (row) => row.key_store && recordLink(row.key_store), sortBy: (row) => row.key_store },
    { title: "Expires", cell: (row) => (row.days_left === null ? row.expires : daysLeftBadge(row.days_left)),
        sortBy: (row) => row.days_left },
    { title: "Trust", cell: (row) => row.trust, sortBy: (row) => row.trust },
    { title: "Clients", cell: (row) => listed(row.clients, "any"), sortBy: (row) => listed(row.clients, "") },
    { title: "Narrowed to", cell: narrowed },
    { title: "Notes", cell: (row) => row.notes },
];

function narrowed(row) {
    return [["ports", row.ports], ["paths", row.paths], ["methods", row.methods], ["listeners", row.listeners]]
        .filter(([, values]) => (values ?? []).length > 0)
        .map(([name, values]) => `${name} ${values.join(", ")}`)
        .join("; ") || "nothing";
}

const fetchProfiles = (context) => ask("profiles", { signal: context.signal });

export const page = {
    title: () => "Profiles",

    show(context, body) {
        const draw = (found) => drawAll(context, found);
        return load(body, context, { what: "the profiles", fetchIt: () => fetchProfiles(context), draw });
    },
};

function drawAll(context, { profiles }) {
    const make = context.mayEdit && element("div", { class: "buttons" },
        element("a", { class: "button primary", href: addressOf(["new-profile"]) }, "New profile"));
    if (profiles.length === 0 && make) {
        return [emptyState("No profile yet: every request is answered as ", element("code", null, "unmatched"),
            " says. Make one: the hosts it is for, the identity that they are shown, and whom it trusts."), make];
    }
    if (profiles.length === 0) {
        return emptyState("No profile yet: every request is answered as ", element("code", null, "unmatched"),
            " says. Name one under ", element("code", null, "profiles:"), " in the configuration, with ",
            element("code", null, "hosts"), ", ", element("code", null, "key_store"), " and ",
            element("code", null, "trust"), ".");
    }
    return [
        make,
        element("p", null, "Which profile a request gets is told by ",
            element("a", { href: addressOf(["explain"]) }, "Explain"), "."),
        sortableTable({ label: "Profiles", columns, rows: profiles, kind: "profiles" }).node,
    ];
}

export const onePage = {
    title: ({ parameters }) => parameters.name,
    above: { title: "Profiles", path: ["profiles"] },

    show(context, body) {
        const { name } = context.route.parameters;
        const fetchIt = async () => {
            const [one, { certificates }] = await Promise.all([
                orNull(ask("profiles/" + encodeURIComponent(name), { signal: context.signal })),
                ask("certificates", { signal: context.signal })]);
            return one && { ...one, records: certificates.filter((record) => record.used_by.includes(name)) };
        };
        return load(body, context, { what: "the profile", fetchIt, draw: (found) =>
            (found === null ? absentProfile(name) : drawOne(context, name, found)) });
    },
};

/** What can be done with a profile that the console has written. */
function changeBar(context, name, version) {
    const outcome = element("div", { class: "outcome" });
    const path = "profiles/" + encodeURIComponent(name);
    const again = () => dispatchEvent(new Event("hashchange")); // the page anew
    const buttons = [
        element("button", { type: "button", on: { click: () => {
            location.hash = addressOf(["edit-profile", name]);
        } } }, "Edit …"),
        element("button", { type: "button", on: { click: () => dialog.showModal() } }, "Delete …"),
    ];
    const dialog = confirmDialog({
        title: `Delete ${name}?`,
        text: "Requests for its hosts get another profile then, or none. The certificate records stay.",
        yes: "Delete", no: "Keep it",
    }, async () => {
        const changed = { title: name, path: ["profiles", name] };
        const gone = await during("Deleting …", { context, buttons, region: outcome, changed, again,
            absent: () => absentProfile(name) }, (asking) => ask(path, { method: "DELETE", version, ...asking }));
        if (!gone) return;
        announce(`${name} is deleted.`);
        location.hash = addressOf(["profiles"]);
    });
    return element("div", null, element("div", { class: "buttons" }, buttons), outcome, dialog);
}

function drawOne(context, name, { profile, records, editable, fixed_because, version, yaml }) {
    const host = (profile.hosts ?? []).find((one) => !one.startsWith("*"));
    const links = (kind) =>
        joinedLinks(records.filter((one) => one.kind === kind).map((one) => one.name), recordLink);
    return [
        context.mayEdit && (editable ? changeBar(context, name, version)
            : element("p", { class: "hint" }, prose(fixed_because))),
        facts([
            ["Hosts", listed(profile.hosts, "by its name only")],
            ["Ports", listed(profile.ports, "any")],
            ["Paths", listed(profile.paths, "any")],
            ["Methods", listed(profile.methods, "any")],
            ["Clients", listed(profile.clients, "any")],
            ["Listeners", listed(profile.listeners, "any")],
            ["Identity", profile.identity],
            ["Key store", links("key store")],
            ["Expires", profile.expires],
            ["Trust", profile.trust],
            ["Trust records", links("trust")],
            ["CONNECT", profile.connect_method],
            ["Notes", prose(profile.notes)],
        ]),
        host && element("p", null, element("a", { href: addressOf(["explain"], { url: `http://${host}/` }) },
            `Explain a request to ${host}`)),
        yaml && element("details", null, element("summary", null, "Its YAML"),
            element("pre", { class: "yaml", tabindex: "0" }, yaml)),
    ];
}
