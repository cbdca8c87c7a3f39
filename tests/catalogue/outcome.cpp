#include "tests/catalogue/outcome.hpp"

#include <regex>
#include <stdexcept>

#include "tests/catalogue/certificates.hpp"
#include "tests/catalogue/peer.hpp"
#include "tests/support/proxy_under_test.hpp"
#include "tests/support/said.hpp"

namespace countersign::tests {

namespace {

std::string configuration(const Row& row, const TempDir& files, const std::string& port) {
    const bool has_identity = row.key_store != "none";
    const bool is_trusted = row.trust != "system";
    std::string text = "workers: 1\nlog: { level: debug }\ncertificates:\n";
    if (has_identity) {
        text += "  - { name: acme, type: pem_key_store, file: " + (files / "client.pem").string() +
                " }\n";
    }
    text += "  - { name: partner-ca, type: trust_store_cert, file: " +
            (files / ((is_trusted ? row.trust : "root") + ".crt")).string() + " }\n";
    text += "profiles:\n  - name: partner\n    hosts: [\"*\"]\n    trust: [";
    text += is_trusted ? "partner-ca]\n" : "system]\n";
    if (has_identity) text += "    key_store: acme\n";
    const std::string profile = replaced(row.profile, "{port}", port);
    for (std::size_t at = 0; at < profile.size();) {
        const std::size_t end = std::min(profile.find('\n', at), profile.size());
        text += "    " + profile.substr(at, end - at) + "\n";
        at = end + 1;
    }
    return text;
}

/// "reason:  …" of a body in text.
std::string line_of(const std::string& body, const std::string& name) {
    std::smatch found;
    const std::regex line{"(^|\n)" + name + ": +([^\n]*)"};
    return std::regex_search(body, found, line) ? found[2].str() : std::string{};
}

std::string proxy_error(const Response& response) {
    const std::string status = response.field("Proxy-Status").value_or("");
    std::smatch found;
    const std::regex error{"^countersign; error=([a-z_]+)"};
    return std::regex_search(status, found, error) ? found[1].str() : std::string{};
}

std::string verdict_of(const Row& row, const Response& response) {
    const std::string error = proxy_error(response);
    if (error.empty() && !response.complete) return "cut";
    if (error.empty()) return response.status == 200 ? "reached" : "answered";
    // What this side does not accept, or the server does not: a decision. The rest just happens.
    const bool refused = error == "tls_certificate_error" || error == "tls_alert_received" ||
                         error == "proxy_configuration_error" || row.verdict == "refused";
    return refused ? "refused" : "failed";
}

}  // namespace

Outcome outcome_of(const Row& row) {
    const Certificates certificates{row.certificate, row.key_store};
    const TempDir& files = certificates.files();
    const std::unique_ptr<RowPeer> peer = start_peer(row, files);
    const std::string port = std::to_string(peer->port());
    ProxyUnderTest proxy{configuration(row, files, port)};
    const std::string authority = row.host + ":" + port;
    const std::string request = "GET http://" + authority + row.path +
                                " HTTP/1.1\r\nHost: " + authority +
                                "\r\nAccept: text/plain\r\n\r\n";
    Response response;
    for (int i = 0; i < row.requests; ++i) response = proxy.exchange(request);

    const auto said = [&](std::string text) {
        text = replaced(std::move(text), authority, "{authority}");
        text = replaced(std::move(text), "127.0.0.1:" + port, "{address}");
        text = replaced(std::move(text), files.path().string(), "{dir}");
        // OpenSSL has said it in the first way from 3.2 on, and in the second before.
        text = replaced(std::move(text), "data length too long", "packet length too long");
        return without_chance(replaced(std::move(text), port, "{port}"));
    };
    Outcome outcome;
    outcome.verdict = verdict_of(row, response);
    outcome.status = response.status;
    outcome.error = proxy_error(response);
    if (!outcome.error.empty()) {
        outcome.side = line_of(response.body, "side");
        outcome.reason = said(line_of(response.body, "reason"));
        outcome.remedy = said(line_of(response.body, "remedy"));
    }
    outcome.answer = response.head + response.body;
    outcome.access = said(proxy.access_lines(static_cast<std::size_t>(row.requests)).back());
    if (proxy.stop() != 0) throw std::runtime_error{"the proxy did not stop well"};
    outcome.log = said(proxy.log());
    return outcome;
}

}  // namespace countersign::tests
