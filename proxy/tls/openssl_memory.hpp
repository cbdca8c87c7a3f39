#pragma once

#include "proxy/net/surplus.hpp"

namespace countersign::proxy::tls {

/// From now on OpenSSL takes its memory from free lists, where the thread has some. A TLS record
/// takes and gives back half a dozen blocks, its two buffers of 17 KB among them, and a handshake
/// some thousands: after warm-up none of them reaches the heap. To be called first in main: false
/// where OpenSSL has allocated already, and then nothing changes.
bool pool_openssl_memory();

/// The calling thread has free lists from now on, until it ends: for those that make handshakes and
/// give back what they do not need. One that only loads, or takes apart what others have loaded,
/// would keep what nobody takes any more.
void use_openssl_free_lists();

/// Blocks of this thread that nobody needed since the last call go back to the heap, but for a few.
net::Surplus give_back_surplus_openssl_memory();

}  // namespace countersign::proxy::tls
