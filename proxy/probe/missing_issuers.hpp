#pragma once

#include <string>
#include <vector>

#include "certs/openssl_handle.hpp"
#include "proxy/net/task.hpp"
#include "proxy/upstream/revocation/fetch.hpp"

namespace countersign::proxy::probe {

/// What a server's chain lacks, below the root, fetched from where the certificates say that their
/// issuers are. Each has signed the one below it, which makes it no more to be trusted.
struct MissingIssuers {
    struct Fetched {
        certs::X509Handle certificate;
        std::string url;
    };
    std::vector<Fetched> fetched;  ///< from below
    std::string problem = {};      ///< why it goes on no further, a sentence; empty: it is complete
};

/// `shown`: by the server, its own first. On the loop's thread. Asked by http alone, and where the
/// destination's address rules permit it. Loop and resolver outlive it.
net::Task<MissingIssuers> fetch_missing_issuers(
    net::EventLoop& loop, upstream::dns::Resolver& resolver, upstream::revocation::FetchRules rules,
    std::vector<certs::X509Handle> shown
);

}  // namespace countersign::proxy::probe
