// What proxy/admin/console/pages/rates.js makes of live events. Time is told, and nothing waits.

import assert from "node:assert/strict";
import { test } from "node:test";

import { axisEnd, countText, Rates, rateText } from "../../proxy/admin/console/pages/rates.js";

const event = (exchanges, failures = {}) => ({
    exchanges,
    failures: Object.entries(failures).map(([error, count]) => ({ profile: "partner", side: "upstream", error, count })),
});

function ratesOf(...events) {
    const rates = new Rates();
    for (const [at, ...rest] of events) rates.add(event(...rest), at);
    return rates;
}

test("one event tells no rate", () => {
    assert.equal(ratesOf([10, 500]).newest, null);
});

test("a rate is the difference of two totals by the time between them", () => {
    assert.equal(ratesOf([10, 500], [12, 540]).newest.exchanges, 20);
});

test("an error's rate is that of all profiles and sides", () => {
    const rates = new Rates();
    rates.add(event(0), 10);
    rates.add({ exchanges: 9, failures: [
        { profile: "a", side: "upstream", error: "dns_error", count: 2 },
        { profile: "b", side: "proxy", error: "dns_error", count: 3 },
    ] }, 11);
    assert.deepEqual(rates.failures(), [{ error: "dns_error", now: 5, inWindow: 5 }]);
});

test("failures are told the most frequent first, and not at all where there was none of late", () => {
    const rates = ratesOf([0, 0, { a: 7, b: 0, c: 0 }], [1, 9, { a: 7, b: 1, c: 4 }]);
    assert.deepEqual(rates.failures().map(({ error }) => error), ["c", "b"]);
});

test("totals that have shrunk are another process's: a gap, and no negative rate", () => {
    const rates = ratesOf([0, 100], [1, 110], [2, 3], [3, 5]);
    assert.deepEqual(rates.points.map(({ exchanges }) => exchanges), [10, null, 2]);
});

test("an error that is gone is another process's, too", () => {
    assert.equal(ratesOf([0, 100, { a: 1 }], [1, 110, {}]).newest, null);
});

test("of a time in which nothing came, nothing is told", () => {
    assert.equal(ratesOf([0, 100], [6, 700]).newest, null);
});

test("events that come together are one", () => {
    assert.equal(ratesOf([0, 0], [0.1, 50], [1, 60]).newest.exchanges, 60);
});

test("what is older than two minutes is forgotten", () => {
    const rates = ratesOf(...Array.from({ length: 300 }, (_, at) => [at, at, { a: at }]));
    assert.equal(rates.points.length, 121);
    assert.equal(rates.failures()[0].inWindow, 121);
});

test("rates and counts have the digits that a reader needs", () => {
    const table = [[null, "unknown"], [0, "0"], [0.01, "below 0.1"], [0.44, "0.4"], [9.96, "10"], [1250.4, "1,250"]];
    for (const [rate, text] of table) assert.equal(rateText(rate), text);
    for (const [count, text] of [[0, "0"], [999, "999"], [1000, "1,000"], [1234567, "1,234,567"]]) {
        assert.equal(countText(count), text);
    }
});

test("an axis ends at a round number that nothing is above", () => {
    const table = [[0, 1], [1, 1], [1.1, 2], [3, 5], [7, 10], [11, 20], [450, 500], [501, 1000]];
    for (const [value, end] of table) assert.equal(axisEnd(value), end);
});
