// What Chromium trusts and which certificate it shows, in its own home folder and nowhere else: an NSS database, and a
// setting of its profile.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { run } from "./issuing.mjs";

/** `trusts`: an authority's file, or null; `shows`: {file, password}, PKCS#12, or null. */
export async function makeKeyDatabase(home, { trusts, shows }) {
    const folder = join(home, ".pki/nssdb");
    await mkdir(folder, { recursive: true });
    const database = ["-d", `sql:${folder}`];
    await run("certutil", ["-N", "--empty-password", ...database]);
    if (trusts) await run("certutil", ["-A", "-n", "trusted", "-t", "C,,", "-i", trusts, ...database]);
    if (shows) await run("pk12util", ["-i", shows.file, "-W", shows.password, "-K", "", ...database]);
}

/**
 * A person is asked which certificate to show. Here nobody can click: any will do that the server asks for. It is what the
 * policy AutoSelectCertificateForUrls sets for a whole machine, of this profile alone.
 */
export async function chooseByItself(profile) {
    const folder = join(profile, "Default");
    await mkdir(folder, { recursive: true });
    const chosen = { "*,*": { setting: { filters: [{}] } } };
    await writeFile(join(folder, "Preferences"),
        JSON.stringify({ profile: { content_settings: { exceptions: { auto_select_certificate: chosen } } } }));
}
