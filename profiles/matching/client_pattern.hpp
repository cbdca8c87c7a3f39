#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "profiles/network.hpp"

namespace countersign::profiles {

/// A client that has a name of its own, proven by its password: `clients:` at the top.
struct NamedClientPattern {
    std::string name;
    friend bool operator==(const NamedClientPattern&, const NamedClientPattern&) = default;
};
/// The user of the process at the other end of a unix socket.
struct UidPattern {
    std::uint32_t uid = 0;
    friend bool operator==(const UidPattern&, const UidPattern&) = default;
};
/// Its group: the one that the process has, not the others that its user is in.
struct GidPattern {
    std::uint32_t gid = 0;
    friend bool operator==(const GidPattern&, const GidPattern&) = default;
};

/// What a profile says of the clients that may use it.
using ClientPattern = std::variant<Network, UidPattern, GidPattern, NamedClientPattern>;

/// "10.0.0.0/8", "uid:1000", "gid:100", "billing"
std::string to_text(const ClientPattern& pattern);

/// Who sends a request: where it comes from, and who it has proven to be.
struct Caller {
    std::optional<IpAddress> address;  ///< TCP; absent on a unix socket
    std::uint32_t uid = 0;             ///< without an address
    std::uint32_t gid = 0;             ///< without an address
    std::string_view name;             ///< a named client's; empty where it has proven none
    std::string_view listener;
};

bool matches(const ClientPattern& pattern, const Caller& caller);

}  // namespace countersign::profiles
