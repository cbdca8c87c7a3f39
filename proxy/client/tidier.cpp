#include "proxy/client/tidier.hpp"

#include <malloc.h>

#include "proxy/net/frame_pool.hpp"
#include "proxy/net/surplus.hpp"
#include "proxy/tls/openssl_memory.hpp"

namespace countersign::proxy::client {

namespace {

constexpr auto kPeriod = std::chrono::milliseconds{250};
/// Freed blocks lie between used ones: only this makes the heap give their pages back, and it walks
/// over all of the heap (a millisecond for 50 MB).
constexpr std::size_t kWorthTrimming = std::size_t{1} << 20;

}  // namespace

void Tidier::wait() { loop_.timers().set(*this, loop_.now() + kPeriod); }

void Tidier::expired() {
    net::Surplus heap = net::give_back_surplus_frames();
    heap += tls::give_back_surplus_openssl_memory();
    if (heap.freed >= kWorthTrimming) ::malloc_trim(0);
    if (heap.more || buffers_.give_back_surplus().more) wait();
}

}  // namespace countersign::proxy::client
