"""Whether memory is flat: what was seen of it over time, and the line through that."""

MIB = 1 << 20
#: Before that many seconds have gone by, the heap finds its size.
LEAST = 30
#: What the line may rise over the second half of a run, by what the program was built with. A sanitizer keeps books of
#: its own, thread's about each place that was touched.
RISE = {"": 3 * MIB, "address": 24 * MIB, "thread": 64 * MIB}


def rise(samples):
    """Of the line of least squares through the second half of `samples`, pairs of time and size: what it gains from the
    half's first moment to its last."""
    begin, end = samples[0][0], samples[-1][0]
    half = [(at, size) for at, size in samples if at >= (begin + end) / 2]
    if len(half) < 2:
        return 0.0
    middle = sum(at for at, _ in half) / len(half)
    mean = sum(size for _, size in half) / len(half)
    spread = sum((at - middle) ** 2 for at, _ in half)
    slope = sum((at - middle) * (size - mean) for at, size in half) / spread
    return slope * (half[-1][0] - half[0][0])
