// The other side: a throw-away authority, key stores that it has issued, and a TLS server that demands a client
// certificate. JKS files are keytool's.

import { createServer } from "node:https";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { atEnd, temporaryFolder } from "./folder.mjs";
import { authority, endEntity, issue, issuePkcs12, run } from "./issuing.mjs";

export const host = "api.partner.example";
export const storePassword = "Hop-Garten-17";

export class Partner {
    folder;
    #server = null;
    /** What the server was asked, and by whom: {path, client, serial}. */
    seen = [];

    /** With `serves`: the server listens. */
    static async make(test, { serves = true } = {}) {
        const one = new Partner();
        one.folder = await temporaryFolder(test);
        await one.#issue("root", "/C=DE/O=Partner/CN=Partner Root CA", null, { days: 3650, extensions: authority });
        await one.#issue("issuing", "/C=DE/O=Partner/CN=Partner Issuing CA", "root",
            { days: 1825, extensions: [...authority, "authorityKeyIdentifier=keyid"] });
        if (serves) await one.#serve(test);
        return one;
    }

    file(name) { return join(this.folder, name); }
    get rootFile() { return this.file("root.pem"); }
    get port() { return this.#server.address().port; }

    /** A client's key and certificate: NAME.key, NAME.pem, and both with the authority's, NAME.chain.pem. */
    async issueClient(name, { subject = `/O=Acme/CN=${name}`, days = 365, dns = name, isOver = false } = {}) {
        const make = isOver ? this.#issueFormer : this.#issue;
        await make.call(this, name, subject, "issuing",
            { days, extensions: [...endEntity, "extendedKeyUsage=clientAuth", `subjectAltName=DNS:${dns}.acme.example`] });
        await this.#join(`${name}.chain.pem`, [`${name}.pem`, "issuing.pem"]);
        return name;
    }

    /** All of it in one PEM file, as it is pasted. */
    pemOf(name) {
        return this.#join(`${name}.store.pem`, [`${name}.chain.pem`, `${name}.key`]);
    }

    async pkcs12Of(name, { password = storePassword, alias = name } = {}) {
        return issuePkcs12(this.folder, name, { password, alias, certificates: `${name}.chain.pem` });
    }

    async keyAlonePkcs12Of(name, { password = storePassword } = {}) {
        const file = this.file(`${name}.key-alone.p12`);
        await run("openssl", ["pkcs12", "-export", "-nocerts", "-inkey", this.file(`${name}.key`), "-passout",
            `pass:${password}`, "-out", file]);
        return file;
    }

    /** One JKS with the keys of all of them, each under its name; `keyPassword`: the keys' own. */
    async jksOf(names, { password = storePassword, keyPassword = null } = {}) {
        const file = this.file(`${names.join("-")}.jks`);
        for (const name of names) {
            await run("keytool", ["-importkeystore", "-noprompt", "-srckeystore", await this.pkcs12Of(name, { password }),
                "-srcstoretype", "PKCS12", "-srcstorepass", password, "-destkeystore", file, "-deststoretype", "JKS",
                "-deststorepass", password,
                ...(keyPassword ? ["-srcalias", name, "-destalias", name, "-srckeypass", password, "-destkeypass", keyPassword] : [])]);
        }
        return file;
    }

    /** What the authority sends back for a request: the certificate alone, NAME.pem. */
    async answerTo(request, name) {
        const file = this.file(`${name}.pem`);
        await run("openssl", ["x509", "-req", "-in", request, "-CA", this.file("issuing.pem"), "-CAkey",
            this.file("issuing.key"), "-days", "365", "-copy_extensions", "copy", "-out", file]);
        return file;
    }

    /** Of a configuration: a profile for the server, which presents this record. */
    profile(keyStore, trust = ["partner-ca"]) {
        return { name: "partner", hosts: [host], connect_to: `127.0.0.1:${this.port}`, key_store: keyStore, trust };
    }

    /** Of a configuration: the authority as one has written it by hand. */
    get trustRecord() { return { name: "partner-ca", type: "trust_store_cert", file: this.rootFile }; }

    #issue(name, subject, issuer, what) {
        return issue(this.folder, name, subject, issuer, what);
    }

    /** One whose time is over: `openssl req` makes none. */
    async #issueFormer(name, subject, issuer, { extensions }) {
        const request = this.file(`${name}.request`);
        const asked = extensions.filter((one) => !one.startsWith("authorityKeyIdentifier"));
        await run("openssl", ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-config", "/dev/null", "-subj", subject, ...asked.flatMap((one) => ["-addext", one]),
            "-keyout", this.file(`${name}.key`), "-out", request]);
        await appendFile(this.file("index.txt"), "");
        await writeFile(this.file("ca.conf"), ["[ca]", "default_ca=this", "[this]", `database=${this.file("index.txt")}`,
            `new_certs_dir=${this.folder}`, "rand_serial=yes", "default_md=sha256", "policy=any", "copy_extensions=copy",
            "[any]", "organizationName=optional", "commonName=supplied", ""].join("\n"));
        await run("openssl", ["ca", "-batch", "-config", this.file("ca.conf"), "-cert", this.file(`${issuer}.pem`),
            "-keyfile", this.file(`${issuer}.key`), "-startdate", "20250101000000Z", "-enddate", "20260101000000Z",
            "-notext", "-in", request, "-out", this.file(`${name}.pem`)]);
    }

    async #join(name, parts) {
        const texts = await Promise.all(parts.map((part) => readFile(this.file(part), "utf8")));
        await writeFile(this.file(name), texts.join(""));
        return this.file(name);
    }

    async #serve(test) {
        await this.#issue("server", `/O=Partner/CN=${host}`, "issuing",
            { days: 365, extensions: [...endEntity, "extendedKeyUsage=serverAuth", `subjectAltName=DNS:${host},DNS:*.partner.example`] });
        await this.#join("server.chain.pem", ["server.pem", "issuing.pem"]);
        this.#server = createServer({
            key: await readFile(this.file("server.key")),
            cert: await readFile(this.file("server.chain.pem")),
            ca: await readFile(this.rootFile),
            requestCert: true,
            rejectUnauthorized: true,
        }, (request, response) => {
            const certificate = request.socket.getPeerCertificate();
            this.seen.push({ path: request.url, client: certificate.subject?.CN, serial: certificate.serialNumber });
            response.end(`hello ${certificate.subject?.CN}\n`);
        });
        await new Promise((resolve, reject) => {
            this.#server.once("error", reject).listen(0, "127.0.0.1", resolve);
        });
        atEnd(test, () => {
            this.#server.closeAllConnections();
            this.#server.close();
        });
    }
}
