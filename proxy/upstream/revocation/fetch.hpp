#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "profiles/configuration.hpp"
#include "proxy/net/task.hpp"
#include "proxy/upstream/addresses/own_endpoints.hpp"
#include "proxy/upstream/dns/resolver.hpp"

namespace countersign::proxy::upstream::revocation {

/// Where a fetch may go: the rules for destinations of the profile that wants it, and where the
/// proxy itself would answer.
struct FetchRules {
    profiles::AddressRules addresses;
    std::shared_ptr<const addresses::OwnEndpoints> own_endpoints;  ///< never null
};

struct FetchTerms {
    std::string url;
    std::string body = {};              ///< of a POST, an OCSP request; empty: a GET
    std::size_t most_bytes = 0;         ///< of the answer's body
    std::chrono::milliseconds limit{};  ///< from the name to the last byte
};

struct Fetched {
    enum class End : std::uint8_t { ok, prohibited, failed };
    End end = End::failed;
    std::string body = {};
    std::string problem = {};  ///< what went wrong, as the end of a sentence; of `ok` empty
};

/// One request over plain HTTP/1.1, with Beast, each time on a connection of its own. Redirects are
/// not followed: where they lead nobody has signed. On the thread of `loop`; a stop of that ends
/// it. All outlive it.
net::Task<Fetched> fetch(
    net::EventLoop& loop, dns::Resolver& resolver, const FetchRules& rules, FetchTerms terms
);

}  // namespace countersign::proxy::upstream::revocation
