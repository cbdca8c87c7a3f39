// The administrator's whole way, by page alone: from an empty folder to a request that is answered over mutual TLS.

import assert from "node:assert/strict";
import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";

import { checkAccessible } from "./support/accessible.mjs";
import { askThrough } from "./support/client.mjs";
import { startBrowser } from "./support/browser.mjs";
import { Countersign } from "./support/countersign.mjs";
import { temporaryFolder } from "./support/folder.mjs";
import { host, Partner } from "./support/partner.mjs";
import { until } from "./support/patience.mjs";
import { visit } from "./support/visitor.mjs";

const browser = startBrowser(test);

test("a key pair, its request, the reply, a trust record and a profile lead to an answer", async (t) => {
    const partner = await Partner.make(t);
    const proxy = await Countersign.start(t);
    const visitor = await visit(t, await browser, proxy, { refusals: [404, 422] });
    await visitor.signIn();

    // One: the key pair.
    await visitor.open("#/certificates");
    await visitor.follow("New key pair");
    await visitor.arrives("New key pair");
    await visitor.press("Make the key pair");
    assert.equal(await visitor.focused(), "input Name");
    await visitor.fill("Name", "acme");
    await visitor.fill("Subject", "acme-client");
    await visitor.press("Make the key pair");
    await visitor.reads("Write \"CN=acme-client\", or with more parts");
    assert.equal(await visitor.focused(), "input Subject");
    await checkAccessible(visitor, "new-key-pair");
    await visitor.fill("Subject", "CN=acme-client, O=Acme");
    await visitor.fill("Alternative names", "DNS:client.acme.example");
    await visitor.press("Make the key pair");
    await visitor.arrives("A certificate for acme");
    await visitor.reads("CN=acme-client, O=Acme");

    // Two: the request, as a file that the browser keeps.
    const folder = await temporaryFolder(t);
    const tools = await visitor.page.createCDPSession();
    await tools.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder,
        browserContextId: visitor.page.browserContext().id });
    await visitor.press("Save the request");
    const request = join(folder, "acme.csr");
    await until("the request is saved", () => access(request).then(() => true, () => false));
    await checkAccessible(visitor, "certificate-request");

    // Three and four: the reply, first without the authority that has signed it.
    const leaf = await partner.answerTo(request, "acme");
    await visitor.upload("Files", leaf);
    await visitor.press("Take the reply");
    await visitor.reads("CN=Partner Issuing CA, O=Partner, C=DE', is neither in acme.pem nor in the key store.");
    await checkAccessible(visitor, "certificate-request-incomplete");
    await visitor.upload("Files", partner.rootFile, partner.file("issuing.pem"), leaf);
    await visitor.press("Take the reply");
    await visitor.reads("The authority's certificate is here.");
    await visitor.reads("no profile presents it yet");
    await checkAccessible(visitor, "certificate-issued");

    // Whom to trust.
    await visitor.open("#/new-certificate");
    await visitor.fill("Name", "partner-ca");
    await visitor.upload("File", partner.rootFile);
    await visitor.press("Look at it");
    await visitor.reads("certificates to trust");
    await visitor.press("Keep it");
    await visitor.arrives("partner-ca");

    // Five: a profile presents it.
    await visitor.open("#/certificate-request/acme");
    await visitor.follow("New profile with it");
    await visitor.arrives("New profile");
    await visitor.fill("Name", "Partner");
    await visitor.press("Save");
    await visitor.reads("found 'Partner'; expected lower-case letters");
    assert.equal(await visitor.focused(), "input Name");
    await checkAccessible(visitor, "new-profile-refused");
    await visitor.fill("Name", "partner");
    await visitor.fill("Hosts", host);
    await visitor.tick("partner-ca");
    await visitor.fill("Dial", `127.0.0.1:${partner.port}`);
    await visitor.reads(`connect_to: "127.0.0.1:${partner.port}"`);
    await checkAccessible(visitor, "new-profile");
    await visitor.press("Save");
    await visitor.arrives("partner");
    await checkAccessible(visitor, "profile");
    await visitor.open("#/certificate-request/acme");
    await visitor.reads("Presented by partner.");

    const answer = await askThrough(proxy);
    assert.deepEqual([answer.status, answer.body], [200, "hello acme-client\n"]);
    const page = await visitor.page.content();
    assert.ok(!page.includes("PRIVATE KEY"));
    const names = await readdir(proxy.consoleFolder);
    assert.equal(names.filter((name) => name.endsWith(".yaml")).length, 3, names.join(", "));
});

test("what the proxy refuses of a key pair stands at its field", async (t) => {
    const partner = await Partner.make(t, { serves: false });
    const proxy = await Countersign.start(t, { certificates: [partner.trustRecord] });
    const visitor = await visit(t, await browser, proxy, { refusals: [400, 409, 422] });
    const wrongFields = () => visitor.page.$$eval("[aria-invalid=true]", (all) => all.map((one) => one.id));
    await visitor.signIn();
    await visitor.open("#/new-key-pair");
    for (const [name, subject, names, wrong, sentence] of [
        ["partner-ca", "CN=acme", "", "name", "There is a record named 'partner-ca' already."],
        ["system", "CN=acme", "", "name", "'system' is the name of the system's trust store"],
        ["n".repeat(201), "CN=acme", "", "name", "name is longer than 200 bytes."],
        ["acme", "CN=", "", "subject", "CN is empty."],
        ["acme", "XX=acme", "", "subject", "XX"],
        ["acme", `CN=${"a".repeat(1100)}`, "", "subject", "The subject is longer than any certificate's."],
        ["acme", "CN=acme", "DNS:client acme", "names", "'DNS:client acme' is no alternative name."],
    ]) {
        await visitor.fill("Name", name);
        await visitor.fill("Subject", subject);
        await visitor.fill("Alternative names", names);
        await visitor.press("Make the key pair");
        await visitor.reads(sentence);
        assert.deepEqual(await wrongFields(), [wrong], sentence);
        assert.equal(await visitor.page.evaluate(() => document.activeElement.id), wrong);
    }
    await checkAccessible(visitor, "new-key-pair-refused");
});

test("a profile is changed, as a form and as YAML, and deleted", async (t) => {
    const partner = await Partner.make(t, { serves: false });
    const proxy = await Countersign.start(t, { certificates: [partner.trustRecord] });
    const visitor = await visit(t, await browser, proxy, { refusals: [400, 404] });
    await visitor.signIn();
    await visitor.open("#/profiles");
    await visitor.reads("No profile yet");
    await visitor.follow("New profile");
    await visitor.arrives("New profile");
    await checkAccessible(visitor, "new-profile-empty");
    await visitor.fill("Name", "partner");
    await visitor.fill("Hosts", host);
    await visitor.tick("partner-ca");
    await visitor.choose("Lowest TLS version", "1.3");
    await visitor.press("Edit as YAML");
    await visitor.reads("Back to the form");
    const yaml = await visitor.field("Profile");
    const written = await yaml.evaluate((node) => node.value);
    assert.match(written, /^name: partner\nhosts: \[api\.partner\.example\]\ntrust: \[partner-ca\]\ntls:\n/);
    await visitor.fill("Profile", `${written}timeouts:\n  connect: 3s\nrequest_headers:\n  set:\n    X-Key: geheim-4711\n`);
    // What cannot be shown as a form stays as it was typed.
    const whole = await yaml.evaluate((node) => node.value);
    for (const wrong of ["hosts: [a.example", `${whole}paths: /orders\n`]) {
        await visitor.fill("Profile", wrong);
        await visitor.press("Back to the form");
        await visitor.page.waitForFunction(() => document.querySelector(".change-profile .problem") !== null);
        assert.equal(await (await visitor.field("Profile")).evaluate((node) => node.value), wrong);
    }
    // A value that was typed is there when one has looked at the form.
    await visitor.fill("Profile", whole);
    await visitor.press("Back to the form");
    await visitor.reads("Edit as YAML");
    await visitor.press("Save");
    await visitor.arrives("partner");
    await visitor.reads("sets X-Key");

    await visitor.press("Edit …");
    await visitor.arrives("Edit partner");
    await visitor.fill("Ports", "8443, 99999");
    await visitor.press("Save");
    await visitor.reads("found '99999'");
    await visitor.fill("Ports", "8443");
    await visitor.press("Save");
    await visitor.arrives("partner");
    const { body } = await proxy.ask("profiles/partner");
    assert.deepEqual(body.written, { name: "partner", hosts: [host], trust: ["partner-ca"],
        tls: { min_version: "1.3" }, timeouts: { connect: "3s" },
        request_headers: { set: { "X-Key": null } }, ports: [8443] });
    assert.ok(!(await visitor.page.content()).includes("geheim"), "no header value is shown");

    // Another server does not get the value; the form, which has no field for it, says where it is typed.
    await visitor.press("Edit …");
    await visitor.arrives("Edit partner");
    await visitor.fill("Dial", "127.0.0.1:8443");
    await visitor.reads("The form has no field for this. Press Edit as YAML to write it.");
    await checkAccessible(visitor, "edit-profile-value-lost");
    await visitor.press("Edit as YAML");
    await visitor.reads("Back to the form");
    assert.ok(!(await visitor.text()).includes("The form has no field"));
    const asked = await (await visitor.field("Profile")).evaluate((node) => node.value);
    await visitor.fill("Profile", asked.replace(/X-Key: .*/, "X-Key: geheim-4712"));
    await visitor.press("Save");
    await visitor.arrives("partner");
    assert.equal((await proxy.ask("profiles/partner")).body.written.connect_to, "127.0.0.1:8443");

    await visitor.press("Delete …");
    await visitor.reads("Delete partner?");
    await checkAccessible(visitor, "delete-profile");
    await visitor.press("Delete");
    await visitor.arrives("Profiles");
    await visitor.reads("No profile yet");
});

test("who has changed a profile meanwhile keeps what he has written", async (t) => {
    const partner = await Partner.make(t, { serves: false });
    const proxy = await Countersign.start(t, { certificates: [partner.trustRecord] });
    const profile = { name: "partner", hosts: [host], trust: ["partner-ca"] };
    assert.equal((await proxy.ask("profiles", { method: "POST", body: { profile } })).status, 201);
    const visitor = await visit(t, await browser, proxy, { refusals: [412] });
    await visitor.signIn();
    await visitor.open("#/edit-profile/partner");
    const { body: seen } = await proxy.ask("profiles/partner");
    const other = await proxy.ask("profiles/partner",
        { method: "PUT", version: seen.version, body: { profile: { ...profile, ports: [8443] } } });
    assert.equal(other.status, 200);
    await visitor.fill("Ports", "9443");
    await visitor.press("Save");
    await visitor.reads("'partner' has been changed since you looked at it. Look again, and decide anew.");
    assert.deepEqual((await proxy.ask("profiles/partner")).body.written.ports, [8443]);
});
