#pragma once

#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proxy/upstream/revocation/inquirer.hpp"
#include "proxy/upstream/revocation/service.hpp"
#include "tests/proxy/net/test_loop.hpp"
#include "tests/support/authority_site.hpp"
#include "tests/support/ocsp_answer.hpp"
#include "tests/support/revocation_list.hpp"

namespace countersign::proxy::upstream::revocation {

using profiles::RevocationRule;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using tests::OcspSpec;

/// One worker that asks.
class Worker {
public:
    explicit Worker(Service& service)
        : inquirer_{loop_.event_loop(), service, own_, [this](const tls::RevocationKey& key) {
                        revoked.push_back(key);
                    }} {}

    Inquirer::Found ask(
        tls::RevocationQuestions questions, RevocationRule rule,
        const addresses::OriginRules& rules, milliseconds patience = tests::kPatience
    ) {
        Inquirer::Found found;
        run(ask_into(found, std::move(questions), rule, rules, net::Clock::now() + patience));
        return found;
    }
    /// Until the condition holds.
    void run_until(std::function<bool()> condition) { run(wait_for(std::move(condition))); }

    std::vector<tls::RevocationKey> revoked;

private:
    /// One after the other.
    void run(net::Task<void> task) {
        loop_.event_loop().context().restart();
        loop_.run(std::move(task));
    }
    net::Task<void> ask_into(
        Inquirer::Found& found, tls::RevocationQuestions questions, RevocationRule rule,
        const addresses::OriginRules& rules, net::TimePoint deadline
    ) {
        found = co_await inquirer_.ask(std::move(questions), rule, rules, deadline);
    }
    net::Task<void> wait_for(std::function<bool()> condition) {
        while (!condition() && !loop_.event_loop().cancelled()) {
            net::Notice notice{loop_.event_loop()};
            co_await notice.wait(loop_.event_loop().now() + milliseconds{2});
        }
    }

    net::TestLoop loop_;
    const addresses::OwnEndpoints own_{{}, {}};
    Inquirer inquirer_;
};

class RevocationService : public testing::Test {
protected:
    RevocationService() {
        terms_.one_fetch = milliseconds{1500};
        server_ = issue({{"authorityInfoAccess", "OCSP;URI:" + site_.url("/ocsp")}});
    }

    tests::Issued issue(const std::vector<std::pair<std::string, std::string>>& extensions) const {
        return issuing_.issue(
            {.common_name = "server", .server_auth = true, .extensions = extensions}
        );
    }
    void name_list() {
        server_ = issue({{"crlDistributionPoints", "URI:" + site_.url("/list.crl")}});
    }
    tls::RevocationQuestions questions() const {
        auto all = std::make_shared<std::vector<tls::RevocationQuestion>>();
        all->push_back(tls::question_about(
            server_.certificate.get(), const_cast<X509*>(issuing_.certificate()), 0
        ));
        all->back().error = X509_V_ERR_UNABLE_TO_GET_CRL;
        return all;
    }
    void put(const OcspSpec& spec) {
        site_.put("/ocsp", ocsp_answer(issuing_, server_.certificate.get(), spec));
    }
    static OcspSpec revoked() { return {.status = V_OCSP_CERTSTATUS_REVOKED}; }

    Service& service() {
        if (!service_) service_.emplace(names_, terms_);
        return *service_;
    }
    tls::RevocationFinding ask(RevocationRule rule = RevocationRule::hard) {
        Worker worker{service()};
        return worker.ask(questions(), rule, rules_).finding;
    }
    /// Of a new service, what became of asking.
    std::string problem() {
        service_.reset();
        const tls::RevocationFinding finding = ask();
        EXPECT_EQ(finding.error, X509_V_ERR_UNABLE_TO_GET_CRL);
        EXPECT_EQ(finding.objection.asked.size(), 1U);
        return finding.objection.asked.empty() ? "" : finding.objection.asked.front();
    }
    void expect_problem(const std::string& path, const std::string& text) {
        const std::string kind = path == "/ocsp" ? " (OCSP): " : " (CRL): ";
        EXPECT_EQ(problem(), site_.url(path) + kind + text);
    }

    const tests::Ca root_ = tests::Ca::root("Root");
    const tests::Ca issuing_ = root_.intermediate("Issuing");
    tests::AuthoritySite site_;
    tests::Issued server_;
    addresses::OriginRules rules_;
    Terms terms_;
    dns::NameFiles names_;
    std::optional<Service> service_;
};

}  // namespace countersign::proxy::upstream::revocation
