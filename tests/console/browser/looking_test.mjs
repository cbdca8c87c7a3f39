// What is shown to who only looks: without a folder, of what hands have written, and why a request gets what it gets.

import assert from "node:assert/strict";
import test from "node:test";

import { checkAccessible } from "./support/accessible.mjs";
import { startBrowser } from "./support/browser.mjs";
import { Countersign } from "./support/countersign.mjs";
import { Partner } from "./support/partner.mjs";
import { visit } from "./support/visitor.mjs";

const browser = startBrowser(test);
const partner = Partner.make(test);

async function signedIn(t, configuration, refusals = []) {
    const proxy = await Countersign.start(t, configuration);
    const visitor = await visit(t, await browser, proxy, { refusals });
    await visitor.signIn();
    return visitor;
}

test("without a folder the console changes nothing, and says what it needs", async (t) => {
    const visitor = await signedIn(t, {
        console: { enabled: true }, certificates: [(await partner).trustRecord],
    });
    await visitor.open("#/certificates");
    await visitor.reads("partner-ca");
    assert.ok(!(await visitor.buttons()).includes("New record"));
    await visitor.open("#/certificates/partner-ca");
    assert.deepEqual((await visitor.buttons()).filter((one) => one !== "Copy"), []);
    await visitor.open("#/new-certificate");
    await visitor.reads("console: { enabled: true, directory: DIR }");
    await checkAccessible(visitor, "new-record-read-only");
    await visitor.open("#/replace-certificate/partner-ca");
    await visitor.reads("console: { enabled: true, directory: DIR }");
});

test("what is written by hand is shown with its place, and is not changed here", async (t) => {
    const visitor = await signedIn(t, { certificates: [(await partner).trustRecord] });
    await visitor.open("#/certificates/partner-ca");
    await visitor.reads("which is written by hand: change it there.");
    await visitor.reads(/countersign\.yaml:\d+/);
    await visitor.reads("CN=Partner Root CA");
    assert.deepEqual((await visitor.buttons()).filter((one) => one !== "Copy"), []);
    await checkAccessible(visitor, "record-by-hand");
    await visitor.open("#/replace-certificate/partner-ca");
    await visitor.reads("which is written by hand: change it there.");
    assert.deepEqual(await visitor.buttons(), []);
});

test("explain is asked by a form, and says what ruled the others out", async (t) => {
    const one = await partner;
    await one.issueClient("orders");
    const visitor = await signedIn(t, {
        certificates: [one.trustRecord, { name: "acme", type: "pem_key_store", file: await one.pemOf("orders") }],
        profiles: [one.profile("acme"),
            { name: "reports", hosts: ["api.partner.example"], paths: ["/reports"], key_store: "acme", trust: ["partner-ca"] }],
    });
    await visitor.open("#/explain");
    await visitor.press("Explain");
    await visitor.reads("Type the URL that the application asks for.");
    await visitor.fill("URL", "http://api.partner.example/orders");
    await visitor.press("Explain");
    await visitor.reads("served");
    await visitor.reads("does not have the path");
    assert.equal(await visitor.focused(), "h2 served GET http://api.partner.example/orders, from 127.0.0.1");
    await checkAccessible(visitor, "explain");
    await visitor.choose("Method", "POST");
    await visitor.fill("URL", "http://elsewhere.example/");
    await visitor.press("Explain");
    await visitor.reads("refused");
    // The question stands in the address, and comes back with it.
    await visitor.page.goBack();
    await visitor.reads("served");
    assert.equal(await visitor.page.$eval("#url", (field) => field.value), "http://api.partner.example/orders");
});

test("what is wrong with a question stands at the field that it is in", async (t) => {
    const visitor = await signedIn(t, {}, [400]);
    const wrongFields = () => visitor.page.$$eval("[aria-invalid=true]", (all) => all.map((one) => one.id));
    for (const page of ["explain", "probe"]) {
        await visitor.open(`#/${page}?url=http%3A%2F%2Fapi.partner.example%2F&listener=elsewhere`);
        await visitor.fill("Client", "nobody");
        await visitor.sendFrom("URL");
        await visitor.reads("client 'nobody' is not an address");
        assert.deepEqual(await wrongFields(), ["client"]);
        assert.equal(await visitor.focused(), "input Client");
        await checkAccessible(visitor, `${page}-wrong-client`);
        await visitor.fill("Client", "10.1.2.3");
        await visitor.sendFrom("URL");
        await visitor.reads("listener 'elsewhere' is no listener");
        assert.deepEqual(await wrongFields(), ["listener"]);
        await visitor.choose("Listener", "");
        await visitor.fill("URL", "http://a b/");
        await visitor.sendFrom("URL");
        await visitor.reads("no valid request");
        assert.deepEqual(await wrongFields(), ["url"]);
    }
});
