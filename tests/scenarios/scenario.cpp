#include "tests/scenarios/scenario.hpp"

#include <gtest/gtest.h>

namespace countersign::tests {

Partner::Partner()
    : root_{Ca::root("Partner Root")},
      issuer_{root_.intermediate("Partner Issuing CA")},
      root_file_{files_.write("root.pem", root_.certificate_pem())} {
    const Issued server = issue_server();
    server_certificate_ = files_.write("server.pem", server.chain_pem());
    server_key_ = files_.write("server.key", server.key_pem());
    write_identity("alice", issue_client("alice"));
    write_identity("bob", issue_client("bob"));
}

Nginx::Options Partner::nginx() const {
    return {.certificate = server_certificate_, .key = server_key_, .client_ca = root_file_};
}

ScriptedServer::Options Partner::server() const {
    return {.certificate = server_certificate_, .key = server_key_};
}

ScriptedServer::Options Partner::strict_server() const {
    return {.certificate = server_certificate_, .key = server_key_, .client_ca = root_file_};
}

std::filesystem::path Partner::write_identity(std::string_view name, const Issued& identity) const {
    return files_.write(std::string{name} + ".pem", identity.chain_pem() + identity.key_pem());
}

Issued Partner::issue_client(std::string_view name) const {
    return issuer_.issue({.common_name = std::string{name}, .client_auth = true});
}

Issued Partner::issue_server() const {
    return issuer_.issue(
        {.common_name = "localhost",
         .dns_names = {"localhost"},
         .ip_addresses = {"127.0.0.1"},
         .server_auth = true}
    );
}

std::string Partner::certificates() const {
    std::string text = "certificates:\n";
    for (const std::string name : {"alice", "bob"}) {
        text += "  - { name: " + name +
                ", type: pem_key_store, file: " + (files_ / (name + ".pem")).string() + " }\n";
    }
    return text + "  - { name: partner-ca, type: trust_store_cert, file: " + root_file_.string() +
           " }\n";
}

std::string Partner::configuration(std::uint16_t port, std::string_view more, std::string_view top)
    const {
    std::string text = certificates();
    text += "profiles:\n  - { name: partner, hosts: [127.0.0.1, localhost], ports: [";
    text += std::to_string(port) + "], key_store: alice, trust: [partner-ca]";
    if (!more.empty()) text += ", ";
    text += more;
    text += " }\n";
    text += top;
    return text + "\n";
}

std::string absolute_get(
    const std::string& authority, std::string_view path, std::string_view fields
) {
    return get("http://" + authority + std::string{path}, authority, fields);
}

std::string absolute_post(
    const std::string& authority, std::string_view path, std::string_view body
) {
    return post("http://" + authority + std::string{path}, authority, body);
}

std::string both_loopbacks(std::uint16_t port) {
    return "countersign.localhost:" + std::to_string(port);
}

std::string connect_head(const std::string& authority, std::string_view fields) {
    return "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n" +
           std::string{fields} + "\r\n";
}

std::string local_tunnels() {
    return "unmatched: tunnel_connect\naddresses: { tunnel_private: true }\n";
}

HttpClient open_tunnel(const ProxyUnderTest& proxy, const std::string& authority) {
    HttpClient client = proxy.connect();
    client.send(connect_head(authority));
    const Response answer = client.read_head();
    EXPECT_EQ(answer.head, "HTTP/1.1 200 Connection established\r\n\r\n");
    return client;
}

std::string logged(const std::string& line, const std::string& name) {
    const auto at = line.find(" " + name + "=");
    if (at == std::string::npos) return "";
    const auto begin = at + name.size() + 2;
    if (line[begin] == '"') return line.substr(begin + 1, line.find('"', begin + 1) - begin - 1);
    return line.substr(begin, line.find(' ', begin) - begin);
}

std::string proxy_error(const Response& response) {
    constexpr std::string_view kOurs = "countersign; error=";
    const std::string status = response.field("Proxy-Status").value_or("");
    if (!status.starts_with(kOurs)) return "";
    return status.substr(kOurs.size(), status.find(';', kOurs.size()) - kOurs.size());
}

}  // namespace countersign::tests
