// What two minutes of live events come to: rates are the differences of totals. Pure: told of events and
// of the time in seconds at which they came.

export const windowSeconds = 120;
const longestStep = 5; // above it nothing is known of the time between two events

/** "tls_certificate_error" → its total over all profiles and sides. */
function totalsByError(event) {
    const totals = new Map();
    for (const { error, count } of event.failures ?? []) totals.set(error, (totals.get(error) ?? 0) + count);
    return totals;
}

/**
 * Points are {"at": seconds, "exchanges": rate, "failures": Map of rates}; a gap, where the stream was
 * away or the proxy was started anew, is a point whose rates are null.
 */
export class Rates {
    points = [];
    #last = null;

    add(event, at) {
        const totals = totalsByError(event);
        const before = this.#last;
        if (before && at - before.at < 0.2) return; // several that waited somewhere: the next one tells
        this.#last = { at, exchanges: event.exchanges, totals };
        if (before) this.points.push(isFresh(before, this.#last) ? rates(before, this.#last) : gap(at));
        const oldest = at - windowSeconds;
        while (this.points.length > 0 && this.points[0].at < oldest) this.points.shift();
    }

    get newest() {
        const point = this.points.at(-1);
        return point && point.exchanges !== null ? point : null;
    }

    /** The errors of the last two minutes, the most frequent first: [{"error", "now", "inWindow"}]. */
    failures() {
        const counts = new Map();
        for (const { failures, seconds } of this.points) {
            for (const [error, rate] of failures ?? []) {
                counts.set(error, (counts.get(error) ?? 0) + rate * seconds);
            }
        }
        return [...counts]
            .map(([error, count]) => ({
                error,
                now: this.newest?.failures.get(error) ?? 0,
                inWindow: Math.round(count),
            }))
            .filter((one) => one.inWindow > 0)
            .sort((one, other) => other.inWindow - one.inWindow || (one.error < other.error ? -1 : 1));
    }
}

/** Totals only grow; where one has not, it is another process that counts. */
function isFresh(before, now) {
    if (now.at - before.at > longestStep || now.exchanges < before.exchanges) return false;
    return [...before.totals].every(([error, total]) => (now.totals.get(error) ?? 0) >= total);
}

function gap(at) {
    return { at, seconds: 0, exchanges: null, failures: null };
}

function rates(before, now) {
    const seconds = now.at - before.at;
    const failures = new Map();
    for (const [error, total] of now.totals) {
        failures.set(error, (total - (before.totals.get(error) ?? 0)) / seconds);
    }
    return { at: now.at, seconds, exchanges: (now.exchanges - before.exchanges) / seconds, failures };
}

/** "0", "0.4", "12", "1,250": as many digits as a reader needs. */
export function rateText(rate) {
    if (rate === null || rate === undefined) return "unknown";
    if (rate === 0) return "0";
    if (rate < 0.05) return "below 0.1";
    return rate < 9.95 ? rate.toFixed(1) : countText(Math.round(rate));
}

/** "12", "1,250", "1,250,000". */
export function countText(count) {
    return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** The least of 1, 2, 5, 10, 20, 50 … that is not below the value: where an axis ends. */
export function axisEnd(value) {
    let unit = 1;
    for (;;) {
        for (const step of [1, 2, 5]) if (step * unit >= value) return step * unit;
        unit *= 10;
    }
}
