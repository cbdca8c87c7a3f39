// Makes the pictures of the project's README anew, in README_PICTURES: a proxy with names that stay the same, and
// a minute of requests. No test; `ninja console_pictures` runs it.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";

import { startBrowser } from "./support/browser.mjs";
import { askThrough, Load } from "./support/client.mjs";
import { Countersign } from "./support/countersign.mjs";
import { Partner, storePassword } from "./support/partner.mjs";
import { until } from "./support/patience.mjs";
import { visit } from "./support/visitor.mjs";

const drawnMs = 70_000; // of the chart's two minutes

test("the pictures of the README", async (t) => {
    const partner = await Partner.make(t);
    await partner.issueClient("orders", { subject: "/O=Acme/CN=Acme Orders", days: 9 });
    await partner.issueClient("invoices", { subject: "/O=Acme/CN=Acme Invoices", days: 310 });
    await partner.issueClient("returns", { subject: "/O=Acme/CN=Acme Returns", days: 200 });
    await partner.pemOf("invoices");
    const profileOf = (name, host, more) => ({ ...partner.profile(`acme-${name}`), name, hosts: [host], ...more });
    const certificates = [
        { name: "partner-ca", type: "trust_store_cert", file: "root.pem", description: "The partner's authority" },
        { name: "acme-invoices", type: "pem_key_store", file: "invoices.store.pem" },
    ];
    const listeners = [{ name: "apps", address: "127.0.0.1:3128" }];
    const profiles = [profileOf("invoices", "invoices.partner.example")];
    const proxy = await Countersign.start(t, { listeners, certificates, profiles }, { folder: partner.folder });
    await keep(proxy, "acme-orders", await partner.pkcs12Of("orders"), "Acme's identity for orders");
    await keep(proxy, "acme-returns", await partner.jksOf(["returns"]), "Acme's identity for returns");
    profiles.push(profileOf("orders", "api.partner.example"), profileOf("returns", "returns.partner.example"));
    await proxy.reload({ listeners, certificates, profiles });

    const browser = await startBrowser(t);
    const visitor = await visit(t, browser, proxy);
    await visitor.signIn();
    await work(t, proxy);
    await picture(visitor, "overview", 760);
    await visitor.open("#/certificates");
    await picture(visitor, "certificates", 700);
    await partner.issueClient("orders-renewed", { subject: "/O=Acme/CN=Acme Orders", dns: "orders", days: 398 });
    await visitor.open("#/replace-certificate/acme-orders");
    await visitor.upload("File", await partner.pkcs12Of("orders-renewed"));
    await visitor.fill("Password", storePassword);
    await visitor.press("Look at it");
    await visitor.reads("Nothing found.");
    await visitor.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
    await picture(visitor, "replace", 824, "form .buttons");
});

async function keep(proxy, name, file, description) {
    const body = { name, description, content: await readFile(file, "base64"), password: storePassword };
    const { status, body: said } = await proxy.ask("certificates", { method: "POST", body });
    if (status !== 201) throw new Error(JSON.stringify(said));
}

/** Requests that come and go, and a few that nobody serves. */
async function work(test, proxy) {
    const end = Date.now() + drawnMs;
    for (let round = 0; Date.now() < end; ++round) {
        const load = new Load(test, proxy, { clients: 1, restMs: [4, 2, 1, 2, 8][round % 5] });
        await load.goOn(200);
        await load.stop();
        if (round % 4 === 3) await askThrough(proxy, { host: "elsewhere.example" });
        if (round % 9 === 5) await askThrough(proxy, { host: "reports.partner.example" });
    }
}

/** `from`: the selector of what stands at its top. */
async function picture(visitor, name, height, from = "body") {
    const { page } = visitor;
    await page.setViewport({ width: 1120, height });
    await page.evaluate((selector) => {
        document.activeElement?.blur();
        const top = document.querySelector(selector);
        scrollTo(0, selector === "body" ? 0 : top.getBoundingClientRect().top + scrollY - 16);
    }, from);
    await until("it is drawn", () => page.evaluate(() => new Promise((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)));
    })));
    await page.screenshot({ path: join(process.env.README_PICTURES, `${name}.png`) });
}
