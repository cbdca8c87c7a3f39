#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/scenarios/who_asks.hpp"
#include "tests/support/authority_site.hpp"
#include "tests/support/ocsp_answer.hpp"
#include "tests/support/process.hpp"
#include "tests/support/revocation_list.hpp"

namespace countersign::tests {

/// Servers whose certificates name OCSP responders and lists, which their authorities run.
class FetchedRevocation : public testing::Test {
protected:
    using Extensions = std::vector<std::pair<std::string, std::string>>;

    FetchedRevocation() {
        partner_.files().write("root.crl", crl_pem(partner_.root(), {}));
        use(issue(partner_.issuer(), asks_ocsp()));
    }

    Extensions asks_ocsp() const {
        return {{"authorityInfoAccess", "OCSP;URI:" + site_.url("/ocsp")}};
    }
    Extensions has_list() const {
        return {{"crlDistributionPoints", "URI:" + site_.url("/issuing.crl")}};
    }
    static Issued issue(const Ca& authority, const Extensions& extensions) {
        return authority.issue(
            {.common_name = "localhost",
             .ip_addresses = {"127.0.0.1"},
             .server_auth = true,
             .extensions = extensions}
        );
    }
    /// The server's certificate from now on.
    void use(Issued issued) {
        server_ = std::move(issued);
        partner_.files().write("server.pem", server_.chain_pem());
        partner_.files().write("server.key", server_.key_pem());
    }
    void put_ocsp(const OcspSpec& spec) {
        site_.put("/ocsp", ocsp_answer(partner_.issuer(), server_.certificate.get(), spec));
    }
    static OcspSpec revoked() {
        return {.status = V_OCSP_CERTSTATUS_REVOKED, .reason = OCSP_REVOKED_STATUS_KEYCOMPROMISE};
    }

    ScriptedServer::Options options() const {
        ScriptedServer::Options options = partner_.strict_server();
        options.certificate = partner_.files() / "server.pem";
        options.key = partner_.files() / "server.key";
        return options;
    }
    /// The list says of the intermediate authority what its certificate names nobody for.
    std::string hard() const {
        return "revocation: hard, crl: [" + (partner_.files() / "root.crl").string() + "]";
    }
    std::string configuration(
        std::uint16_t port, const std::string& tls, const std::string& top = "workers: 1"
    ) const {
        return partner_.configuration(port, "tls: { " + tls + " }", top);
    }
    /// What a request to such a server comes to.
    Response ask(const std::string& tls, const std::string& top = "workers: 1") const {
        const ScriptedServer server{options(), serve};
        const ProxyUnderTest proxy{configuration(server.port(), tls, top)};
        return proxy.exchange(absolute_get(server.authority(), "/"));
    }
    static void serve(Peer& peer) {
        while (!peer.read_request().empty()) peer.write(ok(peer.client_subject()));
    }
    static void serve_once(Peer& peer) {
        if (!peer.read_request().empty()) peer.write(ok("once", "Connection: close\r\n"));
    }

    const Partner partner_;
    AuthoritySite site_;
    Issued server_;
};

}  // namespace countersign::tests
