#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "proxy/http/chunked.hpp"
#include "tests/fuzz/memory_bound.hpp"
#include "tests/fuzz/require.hpp"

// The first octet says in pieces of which size the rest is read.

namespace countersign::proxy {
namespace {

using fuzz::require;
using State = http::ChunkedScanner::State;

struct Walk {
    State state = State::more;
    std::size_t size = 0;
    std::string data;
};

Walk walk(std::string_view bytes, std::size_t piece) {
    http::ChunkedScanner scanner;
    Walk walked;
    while (walked.state == State::more && walked.size < bytes.size()) {
        const std::string_view some = bytes.substr(walked.size, piece);
        const auto step = scanner.step(some);
        require(step.size <= some.size(), "a step stays within its bytes");
        require(step.size > 0 || step.state == State::invalid, "a step goes on");
        require(step.data.size() <= step.size, "content is part of the step");
        walked.state = step.state;
        walked.size += step.size;
        walked.data += step.data;
    }
    require(scanner.content() == walked.data.size(), "content is counted");
    return walked;
}

void check(std::string_view bytes, std::size_t piece) {
    const Walk whole = walk(bytes, bytes.size());
    const Walk pieces = walk(bytes, piece);
    http::ChunkedScanner scanner;
    const auto skipped = scanner.skip(bytes);

    require(pieces.state == whole.state && pieces.size == whole.size, "pieces end as the whole");
    require(pieces.data == whole.data, "with the same content");
    require(skipped.state == whole.state && skipped.size == whole.size, "skipping ends there too");
    require(scanner.content() == whole.data.size(), "with the same count");
    if (whole.state == State::done) {
        require(bytes.substr(0, whole.size).ends_with("\r\n\r\n"), "a body ends with its CRLFs");
    }
}

}  // namespace
}  // namespace countersign::proxy

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const countersign::fuzz::MemoryBound bound{size};
    const std::size_t length = size - 1;
    const std::unique_ptr<char[]> own(new char[length]);
    std::copy_n(data + 1, length, own.get());
    countersign::proxy::check({own.get(), length}, std::max<std::size_t>(data[0], 1));
    return 0;
}
