#include "proxy/commands/explain.hpp"

#include <algorithm>
#include <iostream>

#include "proxy/commands/explanation.hpp"
#include "proxy/commands/print_document.hpp"
#include "proxy/generation/load.hpp"
#include "proxy/upstream/dns/hosts_file.hpp"
#include "proxy/upstream/dns/name_files.hpp"

namespace countersign::proxy::commands {

namespace {

/// Name in the text, name in JSON, value.
struct Line {
    std::string_view text;
    std::string_view json;
    const std::string& value;
};

std::vector<Line> lines_of(const Explanation& found) {
    return {
        {"request", "request", found.request},
        {"profile", "profile", found.profile},
        {"because", "because", found.why},
        {"refused", "refused", found.refusal},
        {"remedy", "remedy", found.remedy},
        {"identity", "identity", found.identity},
        {"key store", "key_store", found.record},
        {"expires", "expires", found.expires},
        {"trust", "trust", found.trust},
        {"TLS", "tls", found.tls},
        {"dials", "dials", found.dials},
        {"addresses", "addresses", found.addresses},
        {"announces", "announces", found.announces},
        {"verifies", "verifies", found.verifies},
        {"Host", "host", found.host},
        {"headers", "request_headers", found.request_headers},
        {"rewrites", "rewrites", found.rewrites},
        {"leniency", "response_leniency", found.leniency},
    };
}

void print_text(const Explanation& found) {
    constexpr std::size_t kWidth = 11;
    for (const Line& line : lines_of(found)) {
        if (line.value.empty()) continue;
        std::string name{line.text};
        name.resize(kWidth, ' ');
        std::cout << name << line.value << '\n';
    }
    if (found.considered.empty()) return;
    std::size_t width = 0;
    for (const auto& one : found.considered) width = std::max(width, one.profile.size());
    std::cout << "considered:\n";
    for (const auto& one : found.considered) {
        std::string name = one.profile;
        name.resize(width, ' ');
        std::cout << "  " << name << "  " << one.verdict << '\n';
    }
}

void print_json(const Explanation& found) {
    boost::json::object document;
    for (const Line& line : lines_of(found)) document[line.json] = json_text(line.value);
    document["considered"] = json_list(found.considered, [](const auto& one) {
        return boost::json::object{
            {"profile", json_text(one.profile)},
            {"verdict", json_text(one.verdict)},
        };
    });
    print_document(document);
}

}  // namespace

int explain_command(
    const std::filesystem::path& configuration, const ImaginedRequest& asked, bool json
) {
    const auto generation = generation::load(configuration);
    if (!generation) {
        for (const std::string& line : generation.error().lines) std::cerr << line << '\n';
        std::cerr << generation.error().lines.size() << " problem(s) in " << configuration.string()
                  << '\n';
        return 1;
    }
    upstream::dns::HostsFile hosts{upstream::dns::NameSources{}.hosts};
    const Explanation found =
        explain(*generation, asked, *hosts.read(), std::chrono::system_clock::now());
    if (!found.error.empty()) {
        std::cerr << "countersign: " << found.error << '\n';
        return 2;
    }
    json ? print_json(found) : print_text(found);
    return found.refusal.empty() ? 0 : 1;
}

}  // namespace countersign::proxy::commands
