// What proxy/admin/console/pages/exchanges.js makes of the exchanges that it is told.

import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesText, filterOf, fits, Known, phasesOf, spanText } from "../../proxy/admin/console/pages/exchanges.js";

const one = (number, more = {}) => ({ number, method: "GET", url: "http://a.example:443/orders", profile: "partner",
    status: 200, error: null, ...more });
const everything = { profile: "", status: "", failed: "", text: "" };
const numbers = (list) => list.map(({ number }) => number);

test("what is told twice is known once, the newest first", () => {
    const known = new Known();
    known.add([one(3), one(1), one(3)], 3);
    assert.deepEqual(numbers(known.add([one(2), one(3), one(4)], 4, 7)), [4, 2]);
    assert.deepEqual(numbers(known.all), [4, 3, 2, 1]);
    assert.equal(known.newest, 4);
    assert.equal(known.skipped, 7);
});

test("a thousand are known, and a hundred older ones that failed", () => {
    const known = new Known();
    const failed = Array.from({ length: 150 }, (_, at) => one(at + 1, { error: "dns_error" }));
    const well = Array.from({ length: 2000 }, (_, at) => one(at + 151));
    known.add([...failed, ...well], 2150);
    assert.equal(known.all.length, 1100);
    assert.equal(known.all[1000].number, 150);
    assert.equal(known.all[1099].number, 51);
});

test("a filter asks for what all its parts ask for", () => {
    const failing = one(1, { status: 502, error: "dns_error" });
    assert.ok(fits(one(1), everything));
    assert.ok(fits(failing, { ...everything, failed: "1", status: "5xx", profile: "partner" }));
    assert.ok(!fits(one(1, { status: 502 }), { ...everything, failed: "1" }), "the server's own answer");
    assert.ok(!fits(failing, { ...everything, status: "404" }));
    assert.ok(fits(one(1, { status: null }), { ...everything, status: "none" }));
    assert.ok(!fits(one(1, { status: null }), { ...everything, status: "2xx" }));
    assert.ok(fits(one(1, { profile: null }), { ...everything, profile: "-" }));
    assert.ok(fits(one(1), { ...everything, text: "get ORDERS" }));
    assert.ok(!fits(one(1), { ...everything, text: "get invoices" }));
});

test("an address asks for what there is, and for nothing else", () => {
    assert.deepEqual(filterOf(new URLSearchParams("failed=1&status=5xx&profile=a&text=%20x%20")),
        { failed: "1", status: "5xx", profile: "a", text: "x" });
    assert.deepEqual(filterOf(new URLSearchParams("status=%3Cb%3E")), everything);
});

test("spans and sizes are said in the unit that fits", () => {
    assert.equal(spanText(900), "0.9 ms");
    assert.equal(spanText(250_400), "250 ms");
    assert.equal(spanText(1_240_000), "1.24 s");
    assert.equal(spanText(125_000_000), "2 min 5 s");
    assert.equal(bytesText(812), "812 B");
    assert.equal(bytesText(4200), "4.1 KiB");
    assert.equal(bytesText(3.2 * 1024 * 1024), "3.2 MiB");
});

test("the parts of the time add up to the whole", () => {
    const parts = phasesOf({ resolve_us: 100, connect_us: 200, handshake_us: 300, wait_us: 200, total_us: 1000 });
    assert.deepEqual(parts.map(({ name, micros }) => [name, micros]),
        [["name", 100], ["connect", 200], ["handshake", 300], ["wait", 200], ["rest", 200]]);
    assert.equal(parts[0].from, 0);
    assert.equal(parts[4].to, 1);
    // The clocks of the parts are not one: they may come to more than the total.
    const more = phasesOf({ resolve_us: 0, connect_us: 0, handshake_us: 0, wait_us: 1100, total_us: 1000 });
    assert.equal(more[3].to, 1);
    assert.equal(more[4].micros, 0);
});
