#pragma once

#include <string>

namespace countersign::proxy::tls {

/// The groups for a key exchange that are offered where a profile names none. Those after quanta
/// (X25519MLKEM768, from OpenSSL 3.5 on) have key shares of more than a kilobyte: the first message
/// does not fit into one TCP segment, and there are servers, and boxes before them, that cannot
/// take that.
struct DefaultGroups {
    std::string all;    ///< as OpenSSL takes a list; empty: its own choice
    std::string small;  ///< those whose first message is small; empty: that of `all` is

    bool are_large() const { return !small.empty(); }

    /// What this machine's OpenSSL has.
    static const DefaultGroups& of_library();
};

}  // namespace countersign::proxy::tls
