#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "proxy/http/head_reader.hpp"
#include "proxy/http/message_head.hpp"
#include "proxy/http/request_target.hpp"
#include "tests/proxy/http/head_samples.hpp"
#include "tests/proxy/http/parsed_head.hpp"

namespace {
std::atomic<std::size_t> allocations = 0;
}

// Replaced for the whole program, which is why this is one of its own: the sanitizer watches the
// library's allocation functions in the others. Not inline, or g++ sees free() meet operator new.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace countersign::proxy::http {
namespace {

/// All the heads of one exchange, as the session reads and writes them.
class Exchange {
public:
    void run() {
        parse_request_head(kRequestSamples[0].bytes, 0, kManyFields, head_);
        parse_destination(head_, destination_);
        authority_ = profiles::authority_text(destination_.host, destination_.port, 443);
        write_request_head(head_, destination_.path, authority_, out_);
        parse_response_head(kResponseSamples[0].bytes, 0, kManyFields, false, head_);
        write_response_head(head_, response_framing(head_, 1), 1, true, out_);
    }

private:
    Head head_;
    Destination destination_;
    profiles::AuthorityText authority_;
    std::string out_;
};

TEST(HeadsOfAnExchange, AllocateNothingAfterTheFirst) {
    Exchange exchange;
    exchange.run();
    const std::size_t before = allocations;

    exchange.run();

    EXPECT_EQ(allocations, before);
    EXPECT_GT(before, 0U);
}

}  // namespace
}  // namespace countersign::proxy::http
