#pragma once

#include <openssl/evp.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/scenarios/operator.hpp"

namespace countersign::tests {

inline std::string base64(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3), '\0');
    EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()),
        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size())
    );
    return text;
}

/// What the text has behind `"KEY":"`, up to the next quote.
inline std::string text_at(const std::string& document, const std::string& key) {
    const std::string begin = "\"" + key + "\":\"";
    const auto at = document.find(begin);
    if (at == std::string::npos) return {};
    const auto from = at + begin.size();
    return document.substr(from, document.find('"', from) - from);
}

/// A proxy whose console has a folder, and an administrator that has the token.
class RecordAdministrator : public OperatorTest {
protected:
    RecordAdministrator() { std::filesystem::create_directory(folder_); }

    std::string configuration(const std::string& profiles = {}) const {
        return admin_with_token(partner_) +
               "workers: 2\nconsole: { enabled: true, directory: " + folder_.string() + " }\n" +
               "certificates:\n  - { name: by-hand, type: "
               "trust_store_cert, file: " +
               partner_.root_file().string() + " }\n" + profiles;
    }
    /// With a profile for the partner that presents `key_store` and trusts "by-hand".
    std::string with_profile(const std::string& key_store) const {
        return configuration(
            "profiles:\n  - { name: partner, hosts: [localhost, 127.0.0.1], ports: [" +
            std::to_string(server_.port()) + "], default_port: " + std::to_string(server_.port()) +
            ", key_store: " + key_store + ", trust: [by-hand] }\n"
        );
    }
    static Response call(
        const ProxyUnderTest& proxy, std::string_view method, const std::string& path,
        const std::string& body = {}, const std::string& fields = bearer()
    ) {
        HttpClient client = HttpClient::tcp(proxy.admin_port());
        return client.exchange(
            std::string{method} + " /api/v1/" + path +
            " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" + fields +
            "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body
        );
    }
    static std::string seen(const Response& record) {
        return bearer() + "If-Match: \"" + text_at(record.body, "version") + "\"\r\n";
    }
    std::string draft(std::string_view client, std::string_view name = {}) const {
        const Issued identity = partner_.issue_client(client);
        std::string object = "{\"content\":\"" + base64(identity.pkcs12("geheim-4711", client)) +
                             "\",\"password\":\"geheim-4711\"";
        if (!name.empty()) object += ",\"name\":\"" + std::string{name} + "\"";
        return object + "}";
    }
    std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& one : std::filesystem::directory_iterator{folder_})
            names.push_back(one.path().filename());
        return names;
    }

    const std::filesystem::path folder_ = partner_.files() / "console";
};

}  // namespace countersign::tests
