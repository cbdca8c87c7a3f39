#include "proxy/upstream/dns/hosts_file.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

namespace countersign::proxy {

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
            std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) {
                return static_cast<char>(std::tolower(c));
            });
            auto& addresses = names[word];
            if (std::find(addresses.begin(), addresses.end(), *address) == addresses.end()) {
                addresses.push_back(*address);
            }
        }
    }
    return names;
}

HostsFile::HostsFile(std::filesystem::path path)
    : path_{std::move(path)}, table_{std::make_shared<const HostsTable>()} {}

std::shared_ptr<const HostsTable> HostsFile::read() {
    std::error_code error;
    const auto changed_at = std::filesystem::last_write_time(path_, error);
    if (error) {
        table_ = std::make_shared<const HostsTable>();
        read_at_ = {};
    } else if (changed_at != read_at_) {
        std::ifstream file{path_};
        const std::string text{std::istreambuf_iterator<char>{file}, {}};
        table_ = std::make_shared<const HostsTable>(parse_hosts(text));
        read_at_ = changed_at;
    }
    return table_;
}

}  // namespace countersign::proxy
