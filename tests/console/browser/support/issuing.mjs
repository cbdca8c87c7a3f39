// Keys and certificates, as files of a folder: NAME.key and NAME.pem. They are openssl's.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

export const run = promisify(execFile);

export const authority = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign",
    "subjectKeyIdentifier=hash"];
export const endEntity = ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature",
    "subjectKeyIdentifier=hash", "authorityKeyIdentifier=keyid"];

/** `issuer`: the name of an authority that has its files there; null: it signs itself. */
export async function issue(folder, name, subject, issuer, { days, extensions }) {
    const file = (one) => join(folder, one);
    const signed = issuer ? ["-CA", file(`${issuer}.pem`), "-CAkey", file(`${issuer}.key`)] : [];
    await run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-config", "/dev/null", "-subj", subject, "-days", String(days), ...signed,
        ...extensions.flatMap((one) => ["-addext", one]),
        "-keyout", file(`${name}.key`), "-out", file(`${name}.pem`)]);
}

/** The key with its certificates, NAME.p12; gives the file. */
export async function issuePkcs12(folder, name, { password, alias = name, certificates = `${name}.pem` }) {
    const file = join(folder, `${name}.p12`);
    await run("openssl", ["pkcs12", "-export", "-inkey", join(folder, `${name}.key`), "-in", join(folder, certificates),
        "-name", alias, "-passout", `pass:${password}`, "-out", file]);
    return file;
}
