#include "proxy/upstream/dns/hosts_file.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "certs/text/ascii.hpp"

namespace countersign::proxy::upstream::dns {

HostsTable parse_hosts(std::string_view text) {
    HostsTable names;
    std::istringstream lines{std::string{text}};
    for (std::string line; std::getline(lines, line);) {
        line.resize(std::min(line.find('#'), line.size()));
        std::istringstream words{line};
        std::string word;
        if (!(words >> word)) continue;
        const auto address = profiles::IpAddress::parse(word);
        if (!address) continue;
        while (words >> word) {
            auto& addresses = names[certs::in_lower_case(word)];
            if (std::find(addresses.begin(), addresses.end(), *address) == addresses.end()) {
                addresses.push_back(*address);
            }
        }
    }
    return names;
}

namespace {

/// Nullopt: it cannot be read to its end.
std::optional<std::string> whole_text(const std::filesystem::path& path) {
    std::ifstream file{path};
    if (!file) return std::nullopt;
    std::string text;
    std::array<char, 4096> piece;
    while (file.read(piece.data(), piece.size()) || file.gcount() > 0) {
        text.append(piece.data(), static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad()) return std::nullopt;
    return text;
}

}  // namespace

HostsFile::HostsFile(std::filesystem::path path)
    : path_{std::move(path)}, table_{std::make_shared<const HostsTable>()} {}

std::shared_ptr<const HostsTable> HostsFile::read() {
    std::error_code error;
    const auto changed_at = std::filesystem::last_write_time(path_, error);
    if (error) {
        table_ = std::make_shared<const HostsTable>();
        read_at_ = {};
    } else if (changed_at != read_at_) {
        const std::optional<std::string> text = whole_text(path_);
        if (!text) return table_;
        table_ = std::make_shared<const HostsTable>(parse_hosts(*text));
        read_at_ = changed_at;
    }
    return table_;
}

}  // namespace countersign::proxy::upstream::dns
