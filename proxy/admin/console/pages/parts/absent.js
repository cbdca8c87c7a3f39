// What stands where an address names a record or a profile that is not there: it may have gone since somebody kept the
// address, and the list has those that are.

import { addressOf } from "../router.js";
import { element } from "../view.js";

/** The answer, or null where what is asked for is not there. */
export async function orNull(asked) {
    try {
        return await asked;
    } catch (error) {
        if (error.status === 404) return null;
        throw error;
    }
}

const absent = (what, list, words) => element("div", { class: "empty" }, element("p", null,
    `There is no ${what} in the configuration in force. `, element("a", { href: addressOf([list]) }, words), "."));

export const absentRecord = (name) => absent(`certificate record '${name}'`, "certificates", "All certificate records");
export const absentProfile = (name) => absent(`profile '${name}'`, "profiles", "All profiles");
