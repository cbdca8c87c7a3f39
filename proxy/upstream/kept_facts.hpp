#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proxy/upstream/upstream_lease.hpp"

namespace countersign::proxy::upstream {

/// What was to be told of a connection that its exchange has let go of before it ended: a copy that
/// needs the connection no more.
class KeptFacts {
public:
    explicit KeptFacts(const UpstreamLease& lease)
        : tls_{lease.origin().key.tls}, facts_{lease.stream().facts()} {
        address_ = facts_.address;
        issuers_.assign(facts_.issuers.begin(), facts_.issuers.end());
        facts_.address = address_;
        facts_.issuers = issuers_;
    }
    KeptFacts(const KeptFacts&) = delete;
    KeptFacts& operator=(const KeptFacts&) = delete;

    /// As long as this lives.
    const UpstreamStream::Facts& facts() const { return facts_; }

private:
    std::shared_ptr<const tls::TlsContext> tls_;  // whose identity the facts name
    std::string address_;
    std::vector<std::string> issuers_;
    UpstreamStream::Facts facts_;
};

}  // namespace countersign::proxy::upstream
