// Without a mouse: from the sign-in to a record that is kept, and to its end. Wherever the focus stops, it has to be
// seen; and after each step it has to be where one goes on from.

import assert from "node:assert/strict";
import test from "node:test";

import { startBrowser } from "./support/browser.mjs";
import { Countersign, token } from "./support/countersign.mjs";
import { Partner, storePassword } from "./support/partner.mjs";
import { until } from "./support/patience.mjs";
import { Typist } from "./support/typist.mjs";
import { visit } from "./support/visitor.mjs";

const browser = startBrowser(test);

test("a record is made and deleted by the keyboard alone", async (t) => {
    const partner = await Partner.make(t, { serves: false });
    const file = await partner.pkcs12Of(await partner.issueClient("orders"));
    const proxy = await Countersign.start(t, { certificates: [partner.trustRecord] });
    const visitor = await visit(t, await browser, proxy);
    const typist = new Typist(visitor);

    await visitor.open();
    await typist.isAt("input The token of admin.token");
    await typist.keyboard.sendCharacter(token);
    await typist.press();
    await visitor.arrives("Overview");
    await typist.isAt("h1 Overview");

    await typist.goTo("a Certificates", { back: true });
    await typist.press();
    await visitor.arrives("Certificates");
    await typist.isAt("h1 Certificates");
    await typist.goTo("a New record");
    await typist.press();
    await visitor.arrives("New certificate record");
    await typist.isAt("h1 New certificate record");

    await typist.type("input Name", "acme-orders");
    await typist.goTo("input File");
    await typist.chooses(file);
    await typist.isAt("input File");
    await typist.type("input Password", "not the one");
    await typist.press(); // a form is sent from each of its fields
    await visitor.reads("is not opened by the password given");
    await typist.isAt("h2 not opened");
    await typist.goTo("input Password", { back: true });
    await typist.keyboard.sendCharacter(storePassword); // Tab has selected what was there
    await typist.goTo("button Look at it");
    await typist.press();
    await typist.isAt("h2 good PKCS#12: a key store");
    await typist.goTo("button Keep it", { back: true });
    await typist.press();
    await visitor.arrives("acme-orders");
    await typist.isAt("h1 acme-orders");

    await typist.goTo("button Delete …");
    await typist.press();
    await typist.isAt("button Keep it"); // what nothing is lost by
    await typist.press("Escape");
    await typist.isAt("button Delete …");
    await typist.press();
    await typist.isAt("button Keep it");
    await typist.press("Space");
    await typist.isAt("button Delete …");
    await typist.press();
    await typist.goTo("button Delete", { back: true });
    await typist.press();
    await visitor.arrives("Certificates");
    await typist.isAt("h1 Certificates");
    assert.equal((await proxy.ask("certificates/acme-orders")).status, 404);
});

test("the way past the header is one step, and tables are scrolled by keys", async (t) => {
    const partner = await Partner.make(t, { serves: false });
    const proxy = await Countersign.start(t, { certificates: [partner.trustRecord] });
    const visitor = await visit(t, await browser, proxy);
    const typist = new Typist(visitor);
    await visitor.signIn();
    await visitor.open("#/certificates");
    await visitor.page.reload();
    await visitor.arrives("Certificates");
    await typist.goTo("a Skip to the page");
    await typist.press();
    await typist.isAt("h1 Certificates");
    await visitor.page.setViewport({ width: 360, height: 740 });
    const scrolled = () => visitor.page.$eval(".scrolling", (table) => table.scrollLeft);
    await visitor.page.focus(".scrolling");
    assert.equal(await scrolled(), 0);
    await typist.press("ArrowRight");
    await until("the table moves", async () => await scrolled() > 0);
});
