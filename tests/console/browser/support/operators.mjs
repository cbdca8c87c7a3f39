// Those who operate a proxy from other machines: the authority of its admin address, the one of their own certificates,
// and a configuration that has both.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { temporaryFolder } from "./folder.mjs";
import { authority, endEntity, issue, issuePkcs12 } from "./issuing.mjs";

/** The admin address's, by which browsers ask it. */
export const adminHost = "admin.acme.example";
const password = "Hasel-Busch-4";

export class Operators {
    folder;

    static async make(test) {
        const one = new Operators();
        one.folder = await temporaryFolder(test);
        for (const name of ["servers", "operators", "others"]) {
            await issue(one.folder, name, `/O=Acme/CN=Acme ${name}`, null, { days: 3650, extensions: authority });
        }
        await issue(one.folder, "admin", `/O=Acme/CN=${adminHost}`, "servers", { days: 365, extensions: [...endEntity,
            "extendedKeyUsage=serverAuth", `subjectAltName=DNS:${adminHost},IP:127.0.0.1`] });
        return one;
    }

    file(name) { return join(this.folder, name); }
    /** Of the authority that vouches for the admin address. */
    get rootFile() { return this.file("servers.pem"); }

    /** For CN=NAME, O=Acme: {file, password}, PKCS#12. With `issuer` "others": of an authority that is not trusted. */
    async identityOf(name, { issuer = "operators" } = {}) {
        await issue(this.folder, name, `/O=Acme/CN=${name}`, issuer,
            { days: 365, extensions: [...endEntity, "extendedKeyUsage=clientAuth"] });
        return { file: await issuePkcs12(this.folder, name, { password }), password };
    }

    /** console.users: each a line. */
    async writeUsers(...lines) {
        await writeFile(this.file("users"), lines.map((one) => one + "\n").join(""), { mode: 0o600 });
    }

    /** Of a configuration: HTTPS at the admin address, and whose certificates it takes. With `asks` false: nobody's. */
    configuration({ certificates = [], hasToken = true, asks = true, ...more } = {}) {
        return {
            certificates: [
                { name: "admin", type: "pem_key_store", file: this.file("admin.pem"), key: this.file("admin.key") },
                { name: "operators", type: "trust_store_cert", file: this.file("operators.pem") },
                ...certificates,
            ],
            admin: {
                address: "127.0.0.1:0",
                ...(hasToken ? { token: { file: "admin.token" } } : {}),
                tls: { key_store: "admin", ...(asks ? { trust: ["operators"] } : {}) },
            },
            console: { enabled: true, directory: "console", users: { file: this.file("users") } },
            ...more,
        };
    }
}
