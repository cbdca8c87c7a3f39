#include "proxy/upstream/dns/hosts_file.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <sstream>

namespace countersign::proxy {

std::unordered_map<std::string, std::vector<profiles::IpAddress>> parse_hosts(std::string_view text
) {
    std::unordered_map<std::string, std::vector<profiles::IpAddress>> names;
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

namespace {

/// Many connections in a second need not ask for the file's time each.
constexpr auto kLookEvery = std::chrono::seconds{1};

}  // namespace

HostsFile::HostsFile(std::filesystem::path path) : path_{std::move(path)} {}

void HostsFile::read_if_changed(TimePoint now) {
    if (now < look_again_at_) return;
    look_again_at_ = now + kLookEvery;
    std::error_code error;
    const auto changed_at = std::filesystem::last_write_time(path_, error);
    if (error) {
        names_.clear();
        read_at_ = {};
        return;
    }
    if (changed_at == read_at_) return;
    std::ifstream file{path_};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    names_ = parse_hosts(text);
    read_at_ = changed_at;
}

std::vector<profiles::IpAddress> HostsFile::find(const std::string& name, TimePoint now) {
    read_if_changed(now);
    const auto at = names_.find(name);
    return at == names_.end() ? std::vector<profiles::IpAddress>{} : at->second;
}

}  // namespace countersign::proxy
