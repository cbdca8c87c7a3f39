#pragma once

#include <functional>
#include <memory>

#include "proxy/net/io_status.hpp"
#include "proxy/net/task.hpp"
#include "proxy/upstream/addresses/goal.hpp"
#include "proxy/upstream/revocation/service.hpp"

namespace countersign::proxy::upstream::revocation {

/// One worker's way to the service: asks for its connections, waits on its loop, and is told of
/// certificates that turn out to be revoked. Of the worker's thread.
class Inquirer {
public:
    /// All outlive it, but for `service` what it has handed over.
    Inquirer(
        net::EventLoop& loop, Service& service, const addresses::OwnEndpoints& own_endpoints,
        Inbox::OnRevoked on_revoked = [](const tls::RevocationKey&) {}
    );
    ~Inquirer();
    Inquirer(const Inquirer&) = delete;
    Inquirer& operator=(const Inquirer&) = delete;

    struct Found {
        net::IoStatus status = net::IoStatus::ok;  ///< or cancelled
        tls::RevocationFinding finding = {};
    };
    /// What the questions come to by the rule: `soft` knows it at once, and has what it does not
    /// know asked meanwhile; `hard` waits for it until `deadline`. The rules outlive it.
    net::Task<Found> ask(
        tls::RevocationQuestions questions, profiles::RevocationRule rule,
        const addresses::OriginRules& rules, net::TimePoint deadline
    );

    /// Of the whole process.
    metrics::RevocationCounts counts() const { return service_.counts(); }

private:
    net::EventLoop& loop_;
    Service& service_;
    const addresses::OwnEndpoints& own_endpoints_;
    const std::shared_ptr<Inbox> inbox_;
};

}  // namespace countersign::proxy::upstream::revocation
