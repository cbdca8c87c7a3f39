// From a new key pair to a certificate that is in use, in five steps: the key pair is made, its request goes
// to the authority, the reply comes back, what it lacks is said, and a profile presents it.

import { ask } from "../api.js";
import { absentRecord, orNull } from "../parts/absent.js";
import { announce } from "../parts/announce.js";
import { chainPicture } from "../parts/chain_picture.js";
import { badge } from "../parts/days_left.js";
import { accept, bytesOf, checkField, during, field, lines, mostBytes, problemOf, refuse, text }
    from "../parts/form.js";
import { emptyState, load } from "../parts/load.js";
import { facts } from "../parts/table.js";
import { keepTyped, valuesOf } from "../parts/typed.js";
import { addressOf } from "../router.js";
import { element, fill, prose } from "../view.js";
import { joinedLinks, profileLink } from "./certificates.js";

const kinds = [
    ["ec-p256", "EC P-256: small, fast, taken nearly everywhere"],
    ["ec-p384", "EC P-384"],
    ["rsa-2048", "RSA 2048: for authorities and servers that want RSA"],
    ["rsa-3072", "RSA 3072"],
    ["rsa-4096", "RSA 4096"],
    ["ed25519", "Ed25519: few authorities issue for it"],
];
const stepTitles = ["Key pair", "Request", "Reply", "Chain", "In use"];

const stepsAddress = (name) => addressOf(["certificate-request", name]);

export const newKeyPage = {
    title: () => "New key pair",
    above: { title: "Certificates", path: ["certificates"] },
    show(context, body) {
        if (!context.mayEdit) return fill(body, emptyState(context.whyNoEdit()));
        showForm(body, context);
    },
};

export const stepsPage = {
    title: ({ parameters }) => `A certificate for ${parameters.name}`,
    above: ({ parameters }) => ({ title: parameters.name, path: ["certificates", parameters.name] }),
    show(context, body) {
        if (!context.mayEdit) return fill(body, emptyState(context.whyNoEdit()));
        const { name } = context.route.parameters;
        const path = "certificates/" + encodeURIComponent(name);
        return load(body, context, {
            what: "the request",
            fetchIt: async () => {
                const record = await orNull(ask(path, { signal: context.signal }));
                if (record === null) return null;
                if (!record.editable || record.kind === "trust") return { record };
                return { record, request: await ask(`${path}/request`, { signal: context.signal }) };
            },
            draw: (found) => (found === null ? absentRecord(name) : drawSteps(context, found)),
        });
    },
};

/** One of the steps: what is done, what is to be done now, and what comes later. */
function step(at, state, ...children) {
    const words = { done: ["good", "done"], now: ["warning", "to do"], later: ["quiet", "later"] }[state];
    return element("li", { class: `step ${state}` },
        element("h2", null, `${at}. ${stepTitles[at - 1]} `, badge(...words)), children);
}

const steps = (...children) => element("ol", { class: "steps" }, children);

function showForm(body, context) {
    const [nameProblem, subjectProblem, namesProblem] = ["name", "subject", "names"].map(problemOf);
    const name = text("name", { required: true });
    const description = text("description");
    const key = element("select", { id: "key" }, kinds.map(([value, words]) => element("option", { value }, words)));
    const subject = text("subject", { required: true });
    const names = lines("names", { rows: "3" });
    const outcome = element("div", { class: "outcome" });
    const make = element("button", { type: "submit", class: "primary" }, "Make the key pair");
    const typed = keepTyped(context, valuesOf([name, description, subject, key, names]));

    fill(body,
        element("p", null, "The private key is made by the proxy, stays in the console's folder, and is never sent "
            + "anywhere. What goes to the authority is a request."),
        steps(step(1, "now",
            typed.note,
            element("form", { class: "change", novalidate: true, on: { submit } },
                field(name, "Name", "What profiles call the record.", nameProblem),
                field(description, "Description"),
                field(subject, "Subject", ["Who the certificate is for, as the partner wants it: ",
                    element("code", null, "CN=acme-client, O=Acme, C=DE"), "."], subjectProblem),
                field(key, "Kind of key"),
                field(names, "Alternative names", ["One a line, where the authority asks for them: ",
                    element("code", null, "DNS:client.acme.example"), ", ",
                    element("code", null, "URI:spiffe://acme/client"), "."], namesProblem),
                element("div", { class: "buttons" }, make)), outcome),
        step(2, "later"), step(3, "later"), step(4, "later"), step(5, "later")));

    async function submit(event) {
        event.preventDefault();
        [[name, nameProblem], [subject, subjectProblem], [names, namesProblem]].forEach((one) => accept(...one));
        if (name.value.trim() === "") return refuse(name, nameProblem, "Give the record a name.");
        if (subject.value.trim() === "") return refuse(subject, subjectProblem, "Say who the certificate is for.");
        const wish = { name: name.value.trim(), description: description.value, key: key.value,
            subject: subject.value.trim(),
            names: names.value.split("\n").map((one) => one.trim()).filter((one) => one !== "") };
        const changed = { title: "the certificate records", path: ["certificates"] };
        const fields = { name: [name, nameProblem], subject: [subject, subjectProblem], names: [names, namesProblem] };
        const how = { context, buttons: [make], region: outcome, changed, fields };
        await during("Making the key pair …", how, async (asking) => {
            const record = await ask("key-pairs", { method: "POST", body: wish, ...asking });
            typed.sent();
            announce("The key pair is made. Next: the request.");
            location.hash = stepsAddress(record.name);
        });
    }
}

function drawSteps(context, { record, request }) {
    if (!request) {
        return emptyState(record.kind === "trust"
            ? "The record holds certificates to trust, and no private key that a request could be made for."
            : prose(record.fixed_because));
    }
    const waits = request.awaits_reply;
    const isUsed = record.active && record.used_by.length > 0;
    return steps(
        step(1, "done", facts([
            ["Key", request.key],
            ["Subject", request.subject],
            ["Names", request.names.length > 0 ? request.names.join(", ") : "none"],
        ])),
        step(2, waits ? "now" : "done", requestPart(record, request)),
        step(3, waits ? "now" : "done", replyPart(context, record, waits)),
        step(4, waits ? "later" : "done", waits
            ? element("p", { class: "hint" }, "Once the reply is here: whether each certificate up to the authority is.")
            : chainPicture(rolesOf(request.certificates))),
        step(5, isUsed ? "done" : waits ? "later" : "now", usePart(record, waits)));
}

function requestPart(record, request) {
    const area = lines("request", { rows: "6", readonly: true });
    area.value = request.pem;
    return [
        element("p", null, "Send this to the authority. It holds the public key and the subject, signed by the private "
            + "key, and no secret."),
        element("div", { class: "buttons" },
            element("button", { type: "button", class: "primary", on: { click: () => {
                saveAs(`${record.name}.csr`, request.pem);
                announce("The request is saved.");
            } } }, "Save the request")),
        element("details", null, element("summary", null, "Show its text"),
            field(area, "Request, PEM (PKCS#10)")),
    ];
}

/** The browser is given a text as a file to keep. */
function saveAs(name, content) {
    const address = URL.createObjectURL(new Blob([content], { type: "application/pkcs10" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function replyPart(context, record, waits) {
    const problem = problemOf("files");
    const files = element("input", { id: "files", type: "file", multiple: true });
    const pem = lines("pem", { rows: "4" });
    const incomplete = element("input", { id: "incomplete", type: "checkbox" });
    const outcome = element("div", { class: "outcome" });
    const take = element("button", { type: "submit", class: "primary" }, "Take the reply");
    const form = element("form", { class: "change", novalidate: true, on: { submit } },
        field(files, "Files", "All that came back, in any order: the certificate, the intermediate and root ones. PEM, "
            + "DER or PKCS#7.", problem),
        field(pem, "Or their text", "PEM: -----BEGIN CERTIFICATE-----"),
        checkField(incomplete, "The reply is incomplete: take it without the certificate of its issuer"),
        element("div", { class: "buttons" }, take), outcome);

    async function submit(event) {
        event.preventDefault();
        accept(files, problem);
        const chosen = [...files.files];
        if (chosen.length === 0 && pem.value.trim() === "") {
            return refuse(files, problem, "Choose the files that came back, or paste their text.");
        }
        if (chosen.some((one) => one.size > mostBytes)) {
            return refuse(files, problem, "A file is larger than any certificate: 1.5 MiB are read. Choose another.");
        }
        const sent = await Promise.all(chosen.map(bytesOf));
        if (pem.value.trim() !== "") sent.push({ pem: pem.value });
        const changed = { title: record.name, path: ["certificates", record.name] };
        await during("Taking the reply …", { context, buttons: [take], region: outcome, changed,
            absent: () => absentRecord(record.name) }, async (asking) => {
            const { notes } = await ask(`certificates/${encodeURIComponent(record.name)}/reply`, {
                method: "POST", version: record.version, ...asking,
                body: { files: sent, incomplete: incomplete.checked } });
            announce(["The certificate is in force.", ...notes].join(" "));
            dispatchEvent(new Event("hashchange")); // the page anew
        });
    }

    if (waits) return form;
    return [element("p", null, "The authority's certificate is here."),
        element("details", null, element("summary", null, "Take another reply, for the same key"), form)];
}

function rolesOf(certificates) {
    return certificates.map((one, at) => ({ ...one, role: at === 0 ? "leaf" : "chain" }));
}

function usePart(record, waits) {
    if (record.used_by.length > 0) {
        return element("p", null, record.active ? "Presented by " : "Not active. Named by ",
            joinedLinks(record.used_by, profileLink), ".");
    }
    if (waits) return element("p", { class: "hint" }, "A profile presents it to the hosts that it names.");
    return [element("p", null, "The record is active, and no profile presents it yet."),
        element("div", { class: "buttons" }, element("a", { class: "button primary",
            href: addressOf(["new-profile"], { key_store: record.name }) }, "New profile with it"))];
}
