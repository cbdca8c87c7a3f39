#pragma once

#include "proxy/net/surplus.hpp"

namespace countersign::proxy::tls {

/// From now on OpenSSL takes its memory from free lists of the calling thread. A TLS record takes
/// and gives back half a dozen blocks, its two buffers of 17 KB among them, and a handshake some
/// thousands: after warm-up none of them reaches the heap. To be called first in main: false where
/// OpenSSL has allocated already, and then nothing changes.
bool pool_openssl_memory();

/// Blocks of this thread that nobody needed since the last call go back to the heap, but for a few.
net::Surplus give_back_surplus_openssl_memory();

}  // namespace countersign::proxy::tls
