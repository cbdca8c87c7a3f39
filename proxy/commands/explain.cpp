#include "proxy/commands/explain.hpp"

#include <algorithm>
#include <iostream>

#include "proxy/admin/explanation_document.hpp"
#include "proxy/commands/print_document.hpp"
#include "proxy/explain/explanation.hpp"
#include "proxy/generation/load.hpp"
#include "proxy/upstream/dns/hosts_file.hpp"
#include "proxy/upstream/dns/name_files.hpp"

namespace countersign::proxy::commands {

namespace {

void print_text(const explain::Explanation& found) {
    constexpr std::size_t kWidth = 11;
    for (const explain::Line& line : explain::lines_of(found)) {
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

}  // namespace

int explain_command(
    const std::filesystem::path& configuration, const explain::ImaginedRequest& asked, bool json
) {
    const auto generation = generation::load(configuration);
    if (!generation) {
        for (const std::string& line : generation.error().lines) std::cerr << line << '\n';
        std::cerr << generation.error().lines.size() << " problem(s) in " << configuration.string()
                  << '\n';
        return 1;
    }
    upstream::dns::HostsFile hosts{upstream::dns::NameSources{}.hosts};
    const explain::Explanation found =
        explain::explain(*generation, asked, *hosts.read(), std::chrono::system_clock::now());
    if (!found.error.empty()) {
        std::cerr << "countersign: " << found.error << '\n';
        return 2;
    }
    json ? print_document(admin::explanation_document(found)) : print_text(found);
    return found.refusal.empty() ? 0 : 1;
}

}  // namespace countersign::proxy::commands
