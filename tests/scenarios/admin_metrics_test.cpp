#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/scenarios/document.hpp"
#include "tests/scenarios/operator.hpp"
#include "tests/support/revocation_list.hpp"

namespace countersign::tests {
namespace {

struct Family {
    std::string type;
    std::set<std::string> labels;
    bool has_samples = false;
};

std::set<std::string> labels_in(const std::string& line) {
    std::set<std::string> labels;
    const auto begin = line.find('{');
    for (auto at = begin; at != line.npos;) {
        const auto equals = line.find("=\"", at);
        if (equals == line.npos) break;
        labels.insert(line.substr(at + 1, equals - at - 1));
        auto end = equals + 2;
        while (line[end] != '"') end += line[end] == '\\' ? 2U : 1U;
        at = line.find(',', end);
        if (at != line.npos && line[end + 1] != ',') break;
    }
    labels.erase("le");
    return labels;
}

/// What a page has, by family.
std::map<std::string, Family> families_in(const std::string& page) {
    std::map<std::string, Family> families;
    std::istringstream lines{page};
    std::string current;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# TYPE ")) {
            std::istringstream words{line.substr(7)};
            std::string type;
            words >> current >> type;
            EXPECT_FALSE(families.contains(current)) << current << " comes twice";
            families[current].type = type;
        } else if (!line.starts_with("#")) {
            EXPECT_TRUE(line.starts_with(current)) << line;
            families[current].has_samples = true;
            families[current].labels.merge(labels_in(line));
        }
    }
    return families;
}

/// What the table of the documentation has.
std::map<std::string, Family> documented() {
    std::map<std::string, Family> families;
    std::istringstream lines{document("proxy/admin/README.md")};
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| `countersign_") && !line.starts_with("| `process_")) continue;
        std::istringstream cells{line};
        std::string cell;
        std::vector<std::string> row;
        while (std::getline(cells, cell, '|')) row.push_back(cell);
        const auto quoted = [](const std::string& text) {
            std::vector<std::string> found;
            for (auto at = text.find('`'); at != text.npos;) {
                const auto end = text.find('`', at + 1);
                found.push_back(text.substr(at + 1, end - at - 1));
                at = text.find('`', end + 1);
            }
            return found;
        };
        Family family;
        family.type = row.at(2).substr(1, row.at(2).size() - 2);
        for (const std::string& label : quoted(row.at(3))) family.labels.insert(label);
        families[quoted(row.at(1)).at(0)] = family;
    }
    return families;
}

/// The value of the sample that begins so; empty where there is none.
std::string value_of(const std::string& page, const std::string& sample) {
    const auto at = page.find("\n" + sample + " ");
    if (at == page.npos) return "";
    const auto begin = at + sample.size() + 2;
    return page.substr(begin, page.find('\n', begin) - begin);
}

class Metrics : public testing::Test {
protected:
    std::string page(const ProxyUnderTest& proxy) const {
        const Response answer = ask_admin(proxy.admin_port(), "GET", "/metrics");
        EXPECT_EQ(answer.field("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
        return answer.body;
    }

    const Partner partner_;
    const ScriptedServer server_ = who_asks(partner_);
    const std::string yaml_ =
        "workers: 2\n" +
        partner_.configuration(server_.port(), {}, "admin: { address: 127.0.0.1:0 }\n");
};

TEST_F(Metrics, AreThoseOfTheDocumentation) {
    const ProxyUnderTest proxy{yaml_};
    HttpClient client = proxy.connect();
    ask(client, server_);
    client.exchange(absolute_get("127.0.0.1:1", "/"));            // no profile
    client.exchange(absolute_get("partner://127.0.0.1:1", "/"));  // whatever that is
    const auto told = families_in(page(proxy));
    const auto described = documented();
    EXPECT_GT(described.size(), 30U);
    for (const auto& [name, family] : described) {
        ASSERT_TRUE(told.contains(name)) << name << " is documented, and not told";
        EXPECT_EQ(told.at(name).type, family.type) << name;
        if (!told.at(name).has_samples) continue;
        EXPECT_EQ(told.at(name).labels, family.labels) << name;
    }
    for (const auto& [name, family] : told) {
        EXPECT_TRUE(described.contains(name)) << name << " is told, and not documented";
    }
}

TEST_F(Metrics, CountWhatHappened) {
    ProxyUnderTest proxy{yaml_ + "log: { access: off }\n"};
    wait_until_ready(proxy);
    HttpClient client = proxy.connect();
    for (int i = 0; i < 3; ++i) ask(client, server_);
    client.exchange(absolute_post(server_.authority(), "/", "12345"));
    EXPECT_EQ(client.exchange(absolute_get("unknown.example", "/")).status, 403);

    std::string told = page(proxy);
    const std::string partner = "{profile=\"partner\"}";
    EXPECT_EQ(value_of(told, "countersign_exchanges_total{profile=\"partner\",code=\"2xx\"}"), "4");
    EXPECT_EQ(value_of(told, "countersign_exchanges_total{profile=\"\",code=\"4xx\"}"), "1");
    EXPECT_EQ(
        value_of(
            told,
            "countersign_exchange_failures_total{profile=\"\",error=\"http_request_denied\","
            "side=\"client\"}"
        ),
        "1"
    ) << told;
    EXPECT_EQ(value_of(told, "countersign_request_body_bytes_total" + partner), "5");
    EXPECT_EQ(value_of(told, "countersign_exchange_phase_seconds_count{phase=\"total\"}"), "5");
    EXPECT_EQ(value_of(told, "countersign_exchange_phase_seconds_count{phase=\"handshake\"}"), "1");
    EXPECT_EQ(value_of(told, "countersign_exchange_phase_seconds_count{phase=\"wait\"}"), "4");
    EXPECT_EQ(value_of(told, "countersign_upstream_connections_opened_total"), "1");
    EXPECT_EQ(value_of(told, "countersign_upstream_connections{state=\"idle\"}"), "1");
    EXPECT_EQ(value_of(told, "countersign_upstream_handshakes_total{result=\"full\"}"), "1");
    EXPECT_EQ(value_of(told, "countersign_client_connections"), "1");
    EXPECT_EQ(value_of(told, "countersign_client_connections_accepted_total"), "1");
    EXPECT_EQ(value_of(told, "countersign_client_connections_limit"), "10000");
    EXPECT_EQ(value_of(told, "countersign_ready"), "1");

    // A new identity: what was pooled for the old one ends, and the counts go on.
    partner_.write_identity("alice", partner_.issue_client("alice renewed"));
    proxy.reload(yaml_ + "log: { access: off }\n");
    wait_until("its connection is retired", [&] {
        told = page(proxy);
        return value_of(told, "countersign_upstream_connections_closed_total{cause=\"retired\"}") ==
               "1";
    });
    EXPECT_EQ(value_of(told, "countersign_exchanges_total{profile=\"partner\",code=\"2xx\"}"), "4");
    EXPECT_EQ(value_of(told, "countersign_reloads_total{result=\"adopted\"}"), "1");
    EXPECT_EQ(value_of(told, "countersign_generation"), "2");
}

TEST_F(Metrics, TellHandshakesThatFailAndWhoseFaultItWas) {
    const ScriptedServer strict{partner_.strict_server(), [](Peer& peer) { peer.read_request(); }};
    const ProxyUnderTest proxy{
        "certificates: [{ name: ca, type: trust_store_cert, file: " +
        partner_.root_file().string() +
        " }]\nprofiles: [{ name: bare, hosts: [127.0.0.1], ports: [" +
        std::to_string(strict.port()) + "], trust: [ca] }]\nadmin: { address: 127.0.0.1:0 }\n"};
    EXPECT_EQ(proxy.exchange(absolute_get(strict.authority(), "/")).status, 502);
    const std::string told = page(proxy);
    const std::string failed = "countersign_upstream_handshake_failures_total";
    EXPECT_EQ(value_of(told, failed + "{error=\"tls_alert_received\",side=\"proxy\"}"), "1")
        << told;
    EXPECT_EQ(families_in(told).at(failed).labels, documented().at(failed).labels);
    EXPECT_EQ(
        value_of(
            told,
            "countersign_exchange_failures_total{profile=\"bare\",error=\"tls_alert_received\","
            "side=\"proxy\"}"
        ),
        "1"
    ) << told;
}

TEST_F(Metrics, TellTheDangerSwitchesThatAreOn) {
    const ProxyUnderTest proxy{
        "profiles:\n  - { name: old, hosts: [a.example], tls: { danger_sha1: true } }\n"
        "  - { name: new, hosts: [b.example] }\nadmin: { address: 127.0.0.1:0 }\n"};
    const std::string told = page(proxy);

    EXPECT_EQ(
        value_of(told, "countersign_danger_switches{switch=\"danger_sha1\",profile=\"old\"}"), "1"
    );
    EXPECT_EQ(told.find("profile=\"new\"} 1"), std::string::npos) << told;
    EXPECT_EQ(
        families_in(told).at("countersign_danger_switches").labels,
        documented().at("countersign_danger_switches").labels
    );
}

TEST_F(Metrics, TellWhenEveryCertificateEnds) {
    const ProxyUnderTest proxy{yaml_};
    const std::string told = page(proxy);
    for (const std::string part :
         {"{profile=\"partner\",record=\"alice\",role=\"leaf\",subject=\"CN=alice\",serial=\"",
          "{profile=\"partner\",record=\"alice\",role=\"chain\",subject=\"CN=Partner Issuing CA\"",
          "{profile=\"partner\",record=\"partner-ca\",role=\"trusted\",subject=\"CN=Partner "
          "Root\""}) {
        EXPECT_TRUE(has(told, "countersign_certificate_not_after_timestamp_seconds" + part))
            << part;
        EXPECT_TRUE(has(told, "countersign_certificate_not_before_timestamp_seconds" + part));
    }
    EXPECT_FALSE(has(told, "record=\"bob\"")) << "no profile uses it";
}

TEST_F(Metrics, TellWhenEveryRevocationListEnds) {
    using std::chrono::hours;
    const auto file = partner_.files().write(
        "lists.pem", crl_pem(partner_.root(), {}) + crl_pem(partner_.issuer(), {}) +
                         crl_pem(partner_.issuer(), {.next_update = -hours{1}})
    );
    const ProxyUnderTest proxy{partner_.configuration(
        443, "tls: { crl: [" + file.string() + "] }", "admin: { address: 127.0.0.1:0 }"
    )};
    const std::string told = page(proxy);

    const std::string name = "countersign_crl_next_update_timestamp_seconds";
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    for (const std::string issuer : {"CN=Partner Root", "CN=Partner Issuing CA"}) {
        const std::string end = value_of(
            told,
            name + "{profile=\"partner\",file=\"" + file.string() + "\",issuer=\"" + issuer + "\"}"
        );
        ASSERT_FALSE(end.empty()) << told;
        EXPECT_GT(std::stod(end), std::chrono::duration<double>(now + hours{23}).count());
    }
    EXPECT_EQ(families_in(told).at(name).labels, documented().at(name).labels);
}

TEST_F(Metrics, AreOpenMetricsWhereThatIsAskedFor) {
    const ProxyUnderTest proxy{yaml_};
    const Response answer = ask_admin(
        proxy.admin_port(), "GET", "/metrics",
        "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n"
    );
    EXPECT_EQ(
        answer.field("Content-Type"), "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    EXPECT_TRUE(answer.body.ends_with("\n# EOF\n"));
    EXPECT_TRUE(has(answer.body, "# TYPE countersign_exchanges counter\n"));
    EXPECT_TRUE(has(answer.body, "\ncountersign_exchanges_total{profile=\"\",code=\"2xx\"} 0\n"));
}

}  // namespace
}  // namespace countersign::tests
