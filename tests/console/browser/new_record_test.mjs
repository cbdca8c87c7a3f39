// A new record: of each container, and of what is none.

import assert from "node:assert/strict";
import { truncate, readFile, writeFile } from "node:fs/promises";
import test from "node:test";

import { checkAccessible } from "./support/accessible.mjs";
import { startBrowser } from "./support/browser.mjs";
import { Countersign } from "./support/countersign.mjs";
import { Partner, storePassword } from "./support/partner.mjs";
import { visit } from "./support/visitor.mjs";

const browser = startBrowser(test);
const partner = Partner.make(test, { serves: false });

/** Somebody who may edit, before the form for a new record. */
async function atTheForm(t, refusals = []) {
    const proxy = await Countersign.start(t);
    const visitor = await visit(t, await browser, proxy, { refusals });
    await visitor.signIn();
    await visitor.open("#/new-certificate");
    return visitor;
}

const recordOf = async (visitor, name) => (await visitor.proxy.ask(`certificates/${name}`)).body;
const mayKeep = (visitor) => visitor.page.$eval("form button.primary", (button) => !button.disabled);

test("a PKCS#12 file is looked at, and kept", async (t) => {
    const { pkcs12Of, issueClient } = await bound();
    const visitor = await atTheForm(t);
    await checkAccessible(visitor, "new-record");
    assert.equal(await mayKeep(visitor), false, "nothing was looked at");
    await visitor.fill("Name", "acme-orders");
    await visitor.fill("Description", "Acme's identity for orders");
    await visitor.upload("File", await pkcs12Of(await issueClient("orders")));
    await visitor.fill("Password", storePassword);
    await visitor.press("Look at it");
    await visitor.reads("PKCS#12");
    await visitor.reads("CN=orders, O=Acme");
    await checkAccessible(visitor, "new-record-seen");
    // What is kept is what was looked at: another word for it, and it is to be looked at again.
    await visitor.fill("Password", "another one");
    assert.equal(await mayKeep(visitor), false);
    assert.ok(!(await visitor.text()).includes("CN=orders"), "what was seen is not there any more");
    await visitor.fill("Password", storePassword);
    await visitor.press("Look at it");
    await visitor.reads("CN=orders, O=Acme");
    assert.equal((await visitor.proxy.ask("certificates")).body.certificates.length, 0, "nothing is kept yet");
    await visitor.press("Keep it");
    await visitor.arrives("acme-orders");
    await visitor.reads("Acme's identity for orders");
    const record = await recordOf(visitor, "acme-orders");
    assert.equal(record.type, "pkcs12_key_store");
    assert.deepEqual(record.certificates.map((one) => one.subject),
        ["CN=orders, O=Acme", "CN=Partner Issuing CA, O=Partner, C=DE"]);
    assert.ok(!(await visitor.page.content()).includes(storePassword));
});

test("of a JKS with several keys one is chosen by its alias", async (t) => {
    const { jksOf, issueClient } = await bound();
    const visitor = await atTheForm(t);
    await visitor.fill("Name", "acme");
    await visitor.upload("File", await jksOf([await issueClient("invoices"), await issueClient("returns")]));
    await visitor.fill("Password", storePassword);
    await visitor.press("Look at it");
    await visitor.reads("JKS");
    assert.equal(await mayKeep(visitor), false, "it is not known which");
    await checkAccessible(visitor, "new-record-several-keys");
    await visitor.choose("Alias", "returns");
    await visitor.press("Look at it");
    await visitor.reads("good");
    await visitor.press("Keep it");
    await visitor.arrives("acme");
    const record = await recordOf(visitor, "acme");
    assert.equal(record.type, "java_key_store");
    assert.equal(record.certificates[0].subject, "CN=returns, O=Acme");
});

test("a JKS whose key has a password of its own is kept, and replaced by another", async (t) => {
    const { jksOf, issueClient } = await bound();
    const keyPassword = "Linden-Allee-3";
    const visitor = await atTheForm(t);
    await visitor.fill("Name", "acme");
    await visitor.upload("File", await jksOf([await issueClient("sealed")], { keyPassword }));
    await visitor.fill("Password", storePassword);
    await visitor.press("Look at it");
    await visitor.reads("The key has a password of its own: type it at 'Password of the key'.");
    assert.ok(!(await visitor.text()).includes("key_password"), "that is the configuration's word");
    assert.equal(await mayKeep(visitor), false);
    await checkAccessible(visitor, "new-record-sealed-key");
    await visitor.fill("Password of the key", keyPassword);
    await visitor.press("Look at it");
    await visitor.reads("good");
    await visitor.press("Keep it");
    await visitor.arrives("acme");
    const kept = await recordOf(visitor, "acme");
    assert.equal(kept.type, "java_key_store");
    assert.equal(kept.certificates[0].subject, "CN=sealed, O=Acme");
    await visitor.open("#/replace-certificate/acme");
    await visitor.upload("File", await jksOf([await issueClient("resealed")], { keyPassword }));
    await visitor.fill("Password", storePassword);
    await visitor.fill("Password of the key", keyPassword);
    await visitor.press("Look at it");
    await visitor.reads("good");
    await visitor.press("Replace it");
    await visitor.arrives("acme");
    await visitor.reads("CN=resealed");
    assert.ok(!(await visitor.page.content()).includes(keyPassword));
});

test("PEM is pasted: a key store, and an authority to trust", async (t) => {
    const { pemOf, issueClient, rootFile } = await bound();
    const visitor = await atTheForm(t);
    await visitor.fill("Name", "acme");
    await visitor.fill("Or its text", await readFile(await pemOf(await issueClient("pasted")), "utf8"));
    await visitor.press("Look at it");
    await visitor.reads("a key store");
    await visitor.reads("Leaf: presented as the client's own");
    await visitor.reads("Issuing authority: sent with the leaf");
    for (const wrong of ["A private key without a certificate", "Not a part of the chain"]) {
        assert.ok(!(await visitor.text()).includes(wrong), wrong);
    }
    await visitor.press("Keep it");
    await visitor.arrives("acme");
    await visitor.open("#/new-certificate");
    await visitor.fill("Name", "partner-ca");
    await visitor.fill("Or its text", await readFile(rootFile, "utf8"));
    await visitor.press("Look at it");
    await visitor.reads("certificates to trust");
    await visitor.press("Keep it");
    await visitor.arrives("partner-ca");
    assert.equal((await recordOf(visitor, "acme")).type, "pem_key_store");
    assert.equal((await recordOf(visitor, "partner-ca")).type, "trust_store_cert");
});

test("a wrong password and a wrong alias are told, and the right ones mend it", async (t) => {
    const { pkcs12Of, jksOf, issueClient } = await bound();
    const visitor = await atTheForm(t);
    const name = await issueClient("mended");
    await visitor.fill("Name", "acme");
    await visitor.upload("File", await pkcs12Of(name));
    await visitor.fill("Password", "not the one");
    await visitor.press("Look at it");
    await visitor.reads("is not opened by the password given");
    assert.equal(await mayKeep(visitor), false);
    await checkAccessible(visitor, "new-record-wrong-password");
    await visitor.fill("Password", storePassword);
    await visitor.press("Look at it");
    await visitor.reads("good");
    // The alias of one store is none of another's.
    await visitor.upload("File", await jksOf([name, await issueClient("other")]));
    await visitor.press("Look at it");
    await visitor.reads("not yet");
    await visitor.choose("Alias", "other");
    await visitor.fill("Password", "not the one");
    await visitor.press("Look at it");
    await visitor.reads("not opened");
    assert.equal(await (await visitor.field("Alias")).evaluate((node) => node.value), "other", "the choice stays");
    await visitor.fill("Password", storePassword);
    await visitor.upload("File", await pkcs12Of(name));
    await visitor.press("Look at it");
    await visitor.reads(/no .*'other'/);
    assert.equal(await mayKeep(visitor), false);
    await visitor.choose("Alias", "");
    await visitor.press("Look at it");
    await visitor.reads("good");
});

test("a truncated file and one that is no key store are told", async (t) => {
    const { pkcs12Of, issueClient, file } = await bound();
    const visitor = await atTheForm(t);
    const whole = await pkcs12Of(await issueClient("short"));
    await truncate(whole, 400);
    await visitor.upload("File", whole);
    await visitor.fill("Password", storePassword);
    await visitor.press("Look at it");
    await visitor.reads("short.p12");
    await visitor.reads("not opened");
    await checkAccessible(visitor, "new-record-truncated");
    const text = file("letter.txt");
    await writeFile(text, "Dear partner, please find attached …\n");
    await visitor.upload("File", text);
    await visitor.press("Look at it");
    await visitor.reads("letter.txt");
    assert.equal(await mayKeep(visitor), false);
});

test("what is larger than any key store is refused before it is sent", async (t) => {
    const { file } = await bound();
    const visitor = await atTheForm(t);
    const huge = file("huge.p12");
    await writeFile(huge, Buffer.alloc(4 << 20));
    await visitor.upload("File", huge);
    await visitor.press("Look at it");
    await visitor.reads("The file is larger than any key store: 1.5 MiB are read. Choose another.");
    await visitor.open("#/new-certificate");
    await (await visitor.field("Or its text")).evaluate((node) => { node.value = `${"A".repeat(75)}\n`.repeat(21_000); });
    await visitor.sendFrom("Name");
    await visitor.reads("The text is larger than any key store: 1.5 MiB are read. Paste less.");
    await visitor.open("#/new-certificate");
    await visitor.press("Look at it");
    await visitor.reads("Choose a file, or paste a text of PEM.");
    await visitor.upload("File", huge);
    await visitor.fill("Or its text", "-----BEGIN");
    await visitor.press("Look at it");
    await visitor.reads("There is a file and a text. Take one of them out.");
});

test("a key without its certificate is not kept, and the reason is told", async (t) => {
    const { keyAlonePkcs12Of, issueClient, file } = await bound();
    const visitor = await atTheForm(t);
    const name = await issueClient("alone");
    await visitor.fill("Name", "acme");
    await visitor.upload("File", await keyAlonePkcs12Of(name));
    await visitor.fill("Password", storePassword);
    await visitor.press("Look at it");
    await visitor.reads("A private key without a certificate.");
    assert.equal(await mayKeep(visitor), false);
    await checkAccessible(visitor, "new-record-key-alone");
    await visitor.open("#/new-certificate");
    await visitor.fill("Or its text", await readFile(file(`${name}.key`), "utf8"));
    await visitor.press("Look at it");
    await visitor.reads("A private key without a certificate.");
    assert.equal(await mayKeep(visitor), false);
});

test("a name that is missing, taken or not allowed is told, and what was chosen stays", async (t) => {
    const { issueClient, pkcs12Of, rootFile } = await bound();
    const visitor = await atTheForm(t, [409, 422]);
    await visitor.upload("File", await pkcs12Of(await issueClient("named")));
    await visitor.fill("Password", storePassword);
    await visitor.press("Look at it");
    await visitor.reads("good");
    await visitor.press("Keep it");
    await visitor.reads("Give the record a name.");
    assert.equal(await visitor.focused(), "input Name");
    await visitor.fill("Name", "system");
    await visitor.press("Keep it");
    await visitor.reads("'system' is the name of the system's trust store");
    assert.equal(await visitor.focused(), "input Name");
    await checkAccessible(visitor, "new-record-name-refused");
    const pem = await readFile(rootFile, "utf8");
    await visitor.proxy.ask("certificates", { method: "POST", body: { name: "acme", pem } });
    await visitor.fill("Name", "acme");
    await visitor.press("Keep it");
    await visitor.reads("There is a record named 'acme' already.");
    assert.equal(await visitor.focused(), "input Name");
    await visitor.fill("Name", "acme-orders");
    await visitor.press("Keep it");
    await visitor.arrives("acme-orders");
    assert.equal((await recordOf(visitor, "acme")).type, "trust_store_cert", "it is as it was");
});

/** The partner's functions, for who takes them out of it. */
async function bound() {
    const one = await partner;
    return {
        rootFile: one.rootFile,
        ...Object.fromEntries(["file", "issueClient", "pemOf", "pkcs12Of", "keyAlonePkcs12Of", "jksOf"]
            .map((name) => [name, one[name].bind(one)])),
    };
}
