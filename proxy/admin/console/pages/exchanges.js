// The exchanges that the page knows: merged by their numbers, the newest first, filtered. Pure; what shows
// them is pages/exchanges.js.

export const most = 1000;

/** What stands in the address: {profile, status, failed, text}, each a text, empty where it is not asked. */
export function filterOf(query) {
    const status = query.get("status") ?? "";
    return {
        profile: query.get("profile") ?? "",
        status: /^([1-5]xx|[1-5]\d\d|none)$/.test(status) ? status : "",
        failed: query.get("failed") ? "1" : "",
        text: (query.get("text") ?? "").trim(),
    };
}

/** Whether an exchange is what the filter asks for. Each word of its text has to be in the URL. */
export function fits(exchange, { profile, status, failed, text }) {
    if (failed && !exchange.error) return false;
    if (profile && (exchange.profile ?? "-") !== profile) return false;
    if (!hasStatus(exchange.status, status)) return false;
    const place = `${exchange.method ?? ""} ${exchange.url}`.toLowerCase();
    return text.toLowerCase().split(/\s+/).every((word) => place.includes(word));
}

function hasStatus(status, asked) {
    if (!asked) return true;
    if (asked === "none") return status === null;
    return asked.endsWith("xx") ? Math.floor(status / 100) === Number(asked[0]) : status === Number(asked);
}

/** The last thousand of them, and those older ones that failed; each once, by its number. */
export class Known {
    newest = 0;
    skipped = 0; // ended, and never heard of
    all = []; // the newest first

    /** Those that were not known, the newest first. */
    add(exchanges, newest, skipped = 0) {
        const known = new Set(this.all.map(({ number }) => number));
        const more = [...new Map(exchanges.map((one) => [one.number, one])).values()]
            .filter(({ number }) => !known.has(number)).sort((one, other) => other.number - one.number);
        this.newest = Math.max(this.newest, newest);
        this.skipped += skipped;
        this.all = [...more, ...this.all].sort((one, other) => other.number - one.number);
        let failed = 0;
        this.all = this.all.filter((one, at) => at < most || (one.error && ++failed <= 100));
        return more;
    }
}

/** "0.9 ms", "12.3 ms", "1.24 s", "2 min 5 s". */
export function spanText(micros) {
    const millis = micros / 1000;
    if (millis < 1000) return `${millis < 100 ? millis.toFixed(1) : Math.round(millis)} ms`;
    const seconds = millis / 1000;
    if (seconds < 60) return `${seconds.toFixed(2)} s`;
    return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** "812 B", "4.1 KiB", "3.2 MiB". */
export function bytesText(bytes) {
    if (bytes < 1024) return `${bytes} B`;
    const units = ["KiB", "MiB", "GiB", "TiB"];
    let size = bytes / 1024;
    let unit = 0;
    for (; size >= 1024 && unit < units.length - 1; ++unit) size /= 1024;
    return `${size.toFixed(1)} ${units[unit]}`;
}

/**
 * The parts of the time that it took: [{name, micros, from}], from 0 to 1 of the total; what is left, the
 * response on its way and the client, is the last one.
 */
export function phasesOf(exchange) {
    const named = [["name", exchange.resolve_us], ["connect", exchange.connect_us],
        ["handshake", exchange.handshake_us], ["wait", exchange.wait_us]];
    const known = named.reduce((sum, [, micros]) => sum + micros, 0);
    const total = Math.max(exchange.total_us, known, 1);
    named.push(["rest", total - known]);
    let at = 0;
    return named.map(([name, micros]) => {
        const from = at / total;
        at += micros;
        return { name, micros, from, to: at / total };
    });
}
