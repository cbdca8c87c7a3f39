// Every protocol profile in one table, and each one on a page of its own.

import { ask } from "../api.js";
import { emptyState, load } from "../parts/load.js";
import { facts, sortableTable } from "../parts/table.js";
import { addressOf } from "../router.js";
import { element } from "../view.js";
import { joinedLinks, profileLink, recordLink } from "./certificates.js";

const listed = (texts, without) => ((texts ?? []).length > 0 ? texts.join(", ") : without);

const columns = [
    { title: "Profile", cell: (row) => profileLink(row.profile), sortBy: (row) => row.profile },
    { title: "Hosts", cell: (row) => listed(row.hosts, "by its name only"), sortBy: (row) => listed(row.hosts, "") },
    { title: "Identity", cell: (row) => row.identity, sortBy: (row) => row.identity },
    { title: "Expires", cell: (row) => row.expires, sortBy: (row) => row.expires },
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
        return load(body, context, { what: "the profiles", fetchIt: () => fetchProfiles(context), draw: drawAll });
    },
};

function drawAll({ profiles }) {
    if (profiles.length === 0) {
        return emptyState("No profile yet: every request is answered as ", element("code", null, "unmatched"),
            " says. Name one under ", element("code", null, "profiles:"), " in the configuration, with ",
            element("code", null, "hosts"), ", ", element("code", null, "key_store"), " and ",
            element("code", null, "trust"), ".");
    }
    return [
        element("p", null, "Which profile a request gets is told by ",
            element("a", { href: addressOf(["explain"]) }, "Explain"), "."),
        sortableTable({ label: "Profiles", columns, rows: profiles }).node,
    ];
}

export const onePage = {
    title: ({ parameters }) => parameters.name,
    above: { title: "Profiles", path: ["profiles"] },

    show(context, body) {
        const { name } = context.route.parameters;
        const fetchIt = async () => {
            const [{ profiles }, { certificates }] = await Promise.all(
                [fetchProfiles(context), ask("certificates", { signal: context.signal })]);
            const profile = profiles.find((one) => one.profile === name);
            return { profile, records: certificates.filter((one) => one.used_by.includes(name)) };
        };
        return load(body, context, { what: "the profile", fetchIt, draw: (found) => drawOne(name, found) });
    },
};

function drawOne(name, { profile, records }) {
    if (!profile) {
        return emptyState(`There is no profile '${name}' in the configuration in force. `,
            element("a", { href: addressOf(["profiles"]) }, "All profiles"), ".");
    }
    const host = (profile.hosts ?? []).find((one) => !one.startsWith("*"));
    const links = (kind) =>
        joinedLinks(records.filter((one) => one.kind === kind).map((one) => one.name), recordLink);
    return [
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
            ["Notes", profile.notes],
        ]),
        host && element("p", null, element("a", { href: addressOf(["explain"], { url: `http://${host}/` }) },
            `Explain a request to ${host}`)),
    ];
}
