#include "proxy/commands/manual/manual.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <string_view>
#include <system_error>

#include "certs/printable.hpp"
#include "proxy/commands/command_table.hpp"
#include "proxy/commands/manual/man_page.hpp"
#include "proxy/tls/version.hpp"

namespace countersign::proxy::commands {

namespace {

/// Without the library's.
std::string own_version() {
    const std::string version = tls::version();
    return version.substr(0, version.find(' '));
}

int write_pages(const std::vector<CommandSyntax>& table, const std::filesystem::path& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    for (const CommandSyntax& syntax : table) {
        const std::filesystem::path path = directory / (page_name(syntax.name) + ".1");
        std::ofstream file{path, std::ios::trunc};
        file << man_page(table, syntax, {own_version(), COUNTERSIGN_DATE});
        file.close();
        if (!file) {
            std::cerr << "countersign man: " << path.string() << " cannot be written.\n";
            return 1;
        }
    }
    return 0;
}

}  // namespace

int man_command(const std::vector<std::string>& words, const std::filesystem::path& directory) {
    const std::vector<CommandSyntax> table = command_table();
    std::string name;
    for (const std::string& word : words) name += (name.empty() ? "" : " ") + word;
    if (!directory.empty()) {
        if (name.empty()) return write_pages(table, directory);
        std::cerr << "countersign man: --directory is for every page, and '"
                  << certs::printable(name) << "' names one.\n";
        return 2;
    }
    const auto found = std::ranges::find(table, name, &CommandSyntax::name);
    if (found == table.end()) {
        std::vector<std::string_view> known;
        for (const CommandSyntax& syntax : table) {
            if (!syntax.name.empty()) known.push_back(syntax.name);
        }
        std::cerr << "countersign man: '" << certs::printable(name) << "' is no command"
                  << instead_of(name, known, {}) << ".\n";
        return 2;
    }
    std::cout << man_page(table, *found, {own_version(), COUNTERSIGN_DATE});
    return 0;
}

}  // namespace countersign::proxy::commands
