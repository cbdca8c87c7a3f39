// What was typed into a form, for who leaves it and comes back.

import assert from "node:assert/strict";
import test from "node:test";

import { checkAccessible } from "./support/accessible.mjs";
import { startBrowser } from "./support/browser.mjs";
import { Countersign, token } from "./support/countersign.mjs";
import { Partner, host } from "./support/partner.mjs";
import { until } from "./support/patience.mjs";
import { visit } from "./support/visitor.mjs";

const browser = startBrowser(test);
const again = "What you had typed is here again.";

const valueOf = async (visitor, label) => (await visitor.field(label)).evaluate((node) => node.value);

test("what was typed is there again, until it is begun anew or kept", async (t) => {
    const proxy = await Countersign.start(t);
    const visitor = await visit(t, await browser, proxy);
    await visitor.signIn();
    await visitor.open("#/new-key-pair");
    await visitor.fill("Name", "acme");
    await visitor.fill("Subject", "CN=acme, O=Acme");
    await visitor.follow("Certificates");
    await visitor.arrives("Certificates");
    await visitor.open("#/new-key-pair");
    await visitor.reads(again);
    assert.equal(await valueOf(visitor, "Name"), "acme");
    assert.equal(await valueOf(visitor, "Subject"), "CN=acme, O=Acme");
    await checkAccessible(visitor, "typed-again");

    await visitor.press("Begin anew");
    await until("the form is empty", async () => await valueOf(visitor, "Name") === "");
    await visitor.settled();
    assert.ok(!(await visitor.text()).includes(again));
    await visitor.open("#/certificates");
    await visitor.open("#/new-key-pair");
    assert.equal(await valueOf(visitor, "Subject"), "");

    await visitor.fill("Name", "acme");
    await visitor.fill("Subject", "CN=acme");
    await visitor.press("Make the key pair");
    await visitor.reads("Save the request");
    await visitor.open("#/new-key-pair");
    assert.equal(await valueOf(visitor, "Name"), "", "it was sent");
    assert.ok(!(await visitor.text()).includes(again));
});

test("what was typed outlasts the session, and no password does", async (t) => {
    const partner = await Partner.make(t, { serves: false });
    const proxy = await Countersign.start(t, { certificates: [partner.trustRecord] });
    const visitor = await visit(t, await browser, proxy, { refusals: [401] });
    const isOver = async () => visitor.page.deleteCookie(...await visitor.page.cookies());
    await visitor.signIn();
    await visitor.open("#/new-profile");
    await visitor.fill("Name", "partner");
    await visitor.fill("Hosts", host);
    await visitor.tick("partner-ca");
    await visitor.reads(`hosts: [${host}]`);
    await isOver();
    await visitor.press("Save");
    await visitor.arrives("Sign in");
    await visitor.enterToken(token);
    await visitor.arrives("New profile");
    await visitor.reads(again);
    await visitor.reads(`hosts: [${host}]`);
    assert.equal(await valueOf(visitor, "Hosts"), host);
    await visitor.press("Save");
    await visitor.arrives("partner");
    assert.deepEqual((await proxy.ask("profiles/partner")).body.written,
        { name: "partner", hosts: [host], trust: ["partner-ca"] });

    await visitor.open("#/new-certificate");
    await visitor.fill("Name", "acme");
    await visitor.fill("Or its text", "-----BEGIN PRIVATE KEY-----");
    await visitor.fill("Password", "geheim-4711");
    await visitor.tick("Active");
    await isOver();
    await visitor.press("Look at it");
    await visitor.arrives("Sign in");
    await visitor.enterToken(token);
    await visitor.arrives("New certificate record");
    await visitor.reads("Name and description are here again. Choose the file anew, and type its passwords.");
    assert.equal(await valueOf(visitor, "Name"), "acme");
    assert.equal(await valueOf(visitor, "Password"), "");
    assert.equal(await valueOf(visitor, "Or its text"), "");
    assert.ok(!await (await visitor.field("Active")).evaluate((node) => node.checked));
});

test("what was typed goes with who signs out", async (t) => {
    const proxy = await Countersign.start(t);
    const visitor = await visit(t, await browser, proxy, { refusals: [401] });
    await visitor.signIn();
    await visitor.open("#/new-key-pair");
    await visitor.fill("Name", "acme");
    await visitor.press("Sign out");
    await visitor.arrives("Sign in");
    await visitor.enterToken(token);
    await visitor.settled();
    await visitor.open("#/new-key-pair");
    assert.equal(await valueOf(visitor, "Name"), "");
});

test("what was typed of a profile that was changed meanwhile says so, as often as one comes back", async (t) => {
    const partner = await Partner.make(t, { serves: false });
    const proxy = await Countersign.start(t, { certificates: [partner.trustRecord] });
    const profile = { name: "partner", hosts: [host], trust: ["partner-ca"] };
    const { body: made } = await proxy.ask("profiles", { method: "POST", body: { profile } });
    const visitor = await visit(t, await browser, proxy);
    await visitor.signIn();
    await visitor.open("#/edit-profile/partner");
    await visitor.fill("Ports", "9443");
    await visitor.open("#/profiles/partner");
    const other = await proxy.ask("profiles/partner",
        { method: "PUT", version: made.version, body: { profile: { ...profile, ports: [8443] } } });
    assert.equal(other.status, 200);
    for (let times = 0; times < 2; ++times) {
        await visitor.open("#/edit-profile/partner");
        await visitor.reads("It has been changed meanwhile: if you save this, it takes the place of that change.");
        assert.equal(await valueOf(visitor, "Ports"), "9443");
        await visitor.open("#/profiles/partner");
    }
    await visitor.open("#/edit-profile/partner");
    await visitor.press("Begin anew");
    await until("what is in force is shown", async () => await valueOf(visitor, "Ports") === "8443");
    await visitor.settled();
    await visitor.open("#/profiles/partner");
    await visitor.open("#/edit-profile/partner");
    await visitor.settled();
    assert.ok(!(await visitor.text()).includes(again));
});

test("a form that nobody has typed into, and one that was sent back untouched, are as they were", async (t) => {
    const partner = await Partner.make(t, { serves: false });
    const proxy = await Countersign.start(t, { certificates: [partner.trustRecord] });
    const visitor = await visit(t, await browser, proxy);
    await visitor.signIn();
    await visitor.open("#/new-profile");
    await visitor.press("Save");
    await visitor.reads("hosts");
    await visitor.open("#/profiles");
    await visitor.open("#/new-profile");
    await visitor.settled();
    assert.ok(!(await visitor.text()).includes(again));
    assert.deepEqual(await visitor.page.$$("[aria-invalid=true]"), []);
});

test("YAML is there again, but no value that it sets in requests", async (t) => {
    const partner = await Partner.make(t, { serves: false });
    const proxy = await Countersign.start(t, { certificates: [partner.trustRecord] });
    const visitor = await visit(t, await browser, proxy);
    const text = `name: partner\nhosts: [${host}]\ntrust: [partner-ca]\ntimeouts: { connect: 3s }\n`;
    const header = "request_headers: { set: { X-Key: geheim-4711 } }\n";
    await visitor.signIn();
    await visitor.open("#/new-profile");
    await visitor.fill("Name", "partner");
    await visitor.fill("Hosts", host);
    await visitor.tick("partner-ca");
    await visitor.press("Edit as YAML");
    await visitor.reads("Back to the form");
    await visitor.fill("Profile", text);
    await visitor.open("#/profiles");
    await visitor.open("#/new-profile");
    await visitor.reads(again);
    assert.equal(await valueOf(visitor, "Profile"), text);

    await visitor.fill("Profile", text + header);
    await visitor.reads("geheim-4711");
    await visitor.open("#/profiles");
    await visitor.open("#/new-profile");
    await visitor.settled();
    assert.ok(!(await visitor.text()).includes(again), "a text with values is not kept");

    await visitor.press("Edit as YAML");
    await visitor.reads("Back to the form");
    await visitor.fill("Profile", text + header);
    await visitor.reads("geheim-4711");
    await visitor.press("Back to the form");
    await visitor.reads("Which requests");
    await visitor.open("#/profiles");
    await visitor.open("#/new-profile");
    await visitor.reads(again);
    assert.equal(await valueOf(visitor, "Name"), "partner");
    assert.ok(!(await visitor.page.content()).includes("geheim-4711"));
});
