// The console's frame: shows the page of the address, moves the focus to it, keeps the session, and tells in
// the header whether the proxy is ready.

import { hasProof, noAnswer, Problem, session } from "./api.js";
import { Live } from "./live.js";
import { announce, announceIn } from "./parts/announce.js";
import { badge } from "./parts/days_left.js";
import { problemBox, sentenceOf } from "./parts/load.js";
import { moment } from "./parts/moment.js";
import { forgetTyped } from "./parts/typed.js";
import { page as certificatePage } from "./pages/certificate.js";
import { page as certificatesPage } from "./pages/certificates.js";
import { page as exchangesPage } from "./pages/exchanges.js";
import { page as explainPage } from "./pages/explain.js";
import { page as probePage } from "./pages/probe.js";
import { newPage as newCertificatePage, replacePage } from "./pages/change_certificate.js";
import { editPage as editProfilePage, newPage as newProfilePage } from "./pages/change_profile.js";
import { newKeyPage, stepsPage } from "./pages/key_pair.js";
import { page as overviewPage } from "./pages/overview.js";
import { onePage as profilePage, page as profilesPage } from "./pages/profiles.js";
import { page as signInPage } from "./pages/sign_in.js";
import { addressOf, findRow, readAddress } from "./router.js";
import { element, fill } from "./view.js";

const rows = [
    { pattern: [], page: overviewPage, place: "overview" },
    { pattern: ["certificates"], page: certificatesPage, place: "certificates" },
    { pattern: ["certificates", ":name"], page: certificatePage, place: "certificates" },
    { pattern: ["new-certificate"], page: newCertificatePage, place: "certificates" },
    { pattern: ["replace-certificate", ":name"], page: replacePage, place: "certificates" },
    { pattern: ["new-key-pair"], page: newKeyPage, place: "certificates" },
    { pattern: ["certificate-request", ":name"], page: stepsPage, place: "certificates" },
    { pattern: ["profiles"], page: profilesPage, place: "profiles" },
    { pattern: ["profiles", ":name"], page: profilePage, place: "profiles" },
    { pattern: ["new-profile"], page: newProfilePage, place: "profiles" },
    { pattern: ["edit-profile", ":name"], page: editProfilePage, place: "profiles" },
    { pattern: ["exchanges"], page: exchangesPage, place: "exchanges" },
    { pattern: ["explain"], page: explainPage, place: "explain" },
    { pattern: ["probe"], page: probePage, place: "probe" },
    { pattern: ["sign-in"], page: signInPage, place: "sign-in" },
];
const noPage = {
    title: () => "No such page",
    show: (_, body) => fill(body, element("p", null, "The console has no page at this address. ",
        element("a", { href: "#/" }, "Overview"), ".")),
};

const main = document.getElementById("main");
const lostBox = document.getElementById("lost");
const readiness = document.getElementById("readiness-now");
const who = document.getElementById("who");
const signOutButton = document.getElementById("sign-out");
const live = new Live(signIn);
let shown = null; // what ends with the page that is shown
let known = null; // the session, once it is known
let lastUser; // who has signed in last, or was in already
let told = ""; // in the header, of the readiness

function signIn() {
    if (readAddress(location.hash).path[0] === "sign-in") return;
    const ended = known?.signed_in ? "yes" : "";
    forgetSession();
    location.replace(addressOf(["sign-in"], { ended, back: location.hash }));
}

function forgetSession() {
    live.stop();
    known = null;
    signOutButton.hidden = true;
    fill(who);
    fill(readiness);
    fill(lostBox);
    told = "";
}

function signedIn(back) {
    known = null;
    location.replace(back?.startsWith("#/") ? back : "#/");
}

/** Whether a page may be shown; where nobody may look without a token, the sign-in comes first. */
async function isAdmitted() {
    known ??= await session.read();
    if (known.signed_in) {
        if (known.user !== lastUser) forgetTyped();
        lastUser = known.user;
    }
    signOutButton.hidden = !known.needs_sign_in || !known.signed_in || known.by_certificate;
    fill(who, known.signed_in && known.needs_sign_in && whoIsIn());
    return known.signed_in || !known.needs_sign_in;
}

/** As whom, and what that may: in the header of each page. */
function whoIsIn() {
    const name = known.user === null ? "With the token" : element("strong", null, known.user);
    return [name, known.role === "edit" ? ", who may edit" : ", who may look"];
}

/** Whether the proxy takes changes of who has signed in, and of this browser. */
const mayChange = () => known?.role === "edit" && (hasProof() || known.by_certificate);

/** Why nothing can be changed by who has signed in: to be shown where a change would stand. */
function whyNoEdit() {
    if (known?.role !== "edit") {
        return known?.user ? [`You are signed in as ${known.user}, who may look. `,
            "Who keeps ", element("code", null, "console.users"), " can give the role ",
            element("code", null, "edit"), "."]
            : ["Nobody signs in here, so nothing is changed here. Name a token, ",
                element("code", null, "admin: { token: … }"), ", or users, ",
                element("code", null, "console: { users: … }"), ", in the configuration."];
    }
    if (!known.can_write) {
        return ["The console changes nothing here: it has no folder of its own to write into. Make one, and name it "
            + "in the configuration: ", element("code", null, "console: { enabled: true, directory: DIR }"), "."];
    }
    return mayChange() ? null : ["This browser has lost what a change is made with. Sign out, and in again."];
}

async function show({ moveFocus }) {
    shown?.abort();
    shown = new AbortController();
    const { signal } = shown;
    const { path, query } = readAddress(location.hash);
    const found = findRow(rows, path);
    const page = found?.row.page ?? noPage;
    const route = { path, query, parameters: found?.parameters ?? {} };

    const title = page.title(route);
    const heading = element("h1", { tabindex: "-1" }, title);
    const body = element("div", { class: "page" });
    document.title = `${title} · Countersign`;
    markNavigation(found?.row.place);
    const above = typeof page.above === "function" ? page.above(route) : page.above;
    fill(main, above && element("p", { class: "above" },
        element("a", { href: addressOf(above.path) }, above.title)), heading, body);
    if (moveFocus) {
        heading.focus({ preventScroll: true });
        scrollTo(0, 0);
    }

    try {
        if (page !== signInPage) {
            const admitted = await isAdmitted();
            if (signal.aborted) return;
            if (!admitted) return signIn();
            live.start();
        }
        await page.show({ route, signal, live, signIn, signedIn, whyNoEdit, mayEdit: whyNoEdit() === null,
            mayProbe: mayChange(), again: () => show({ moveFocus: true }) }, body);
    } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof Problem)) console.error(error);
        fill(body, problemBox(error, () => show({ moveFocus: true })));
        tellReadiness();
        announce(sentenceOf(error));
    }
}

function markNavigation(place) {
    for (const link of document.querySelectorAll("[data-place]")) {
        if (link.dataset.place === place) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
    }
}

function tellReadiness() {
    const [kind, text] = live.lost || (!live.latest && known === null) ? ["bad", "No answer"]
        : !live.latest ? ["quiet", "Asking …"]
        : live.latest.ready ? ["good", "Ready"] : ["bad", "Not ready"];
    if (text === told) return;
    const first = told === "";
    told = text;
    fill(readiness, badge(kind, text));
    tellLoss();
    if (!first) announce(live.lost ? noAnswer : `The proxy: ${text}.`);
}

/** Above a page that was loaded, and whose proxy has gone since. */
function tellLoss() {
    if (!live.lost || live.latest === null) return fill(lostBox);
    const again = () => {
        live.restart();
        announce("Asking the proxy …");
    };
    fill(lostBox, problemBox(new Problem(0, "No answer", noAnswer), again),
        element("p", null, "It last answered at ", moment(live.latest.at), ". Below stands what was known then."));
}

async function signOut() {
    try {
        await session.signOut();
    } catch (error) {
        return announce(sentenceOf(error));
    }
    forgetSession();
    shown.abort();
    forgetTyped();
    location.hash = addressOf(["sign-in"]);
}

announceIn(document.getElementById("announcements"));
signOutButton.addEventListener("click", signOut);
document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address is a page's
    main.querySelector("h1")?.focus();
});
addEventListener("hashchange", () => show({ moveFocus: true }));
live.subscribe(tellReadiness);
show({ moveFocus: false });
