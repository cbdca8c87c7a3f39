#pragma once

#include <openssl/bio.h>

namespace countersign::proxy {

class Descriptor;

/// OpenSSL's way to a Descriptor's socket. It knows what the descriptor knows: a socket that is not
/// readable is not read, so that "nothing there" costs no system call, and a short read is
/// remembered as the end of what is there. Null where memory is short. The descriptor outlives the
/// BIO.
BIO* new_socket_bio(Descriptor& descriptor);

}  // namespace countersign::proxy
