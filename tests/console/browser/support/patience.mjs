// Waits for what has to come about, never for a time.

/** As the other tests have it: long enough for a busy machine. */
export const patienceMs = 40_000;

const betweenLooksMs = 25;
export const pause = () => new Promise((resolve) => { setTimeout(resolve, betweenLooksMs); });

/** What `look` gives, once that is something; after the limit an error that says what was waited for. */
export async function until(what, look) {
    const end = Date.now() + patienceMs;
    for (;;) {
        const found = await look();
        if (found) return found;
        if (Date.now() > end) throw new Error(`waited ${patienceMs / 1000} s in vain until ${what}`);
        await pause();
    }
}
