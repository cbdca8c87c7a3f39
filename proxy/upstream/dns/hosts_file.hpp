#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "profiles/network.hpp"

namespace countersign::proxy::upstream::dns {

/// Lower-case names → their addresses, in the order of the file.
using HostsTable = std::unordered_map<std::string, std::vector<profiles::IpAddress>>;

/// What a hosts file's text says.
HostsTable parse_hosts(std::string_view text);

/// The addresses that /etc/hosts gives to names.
class HostsFile {
public:
    explicit HostsFile(std::filesystem::path path);

    /// Reads it where it has changed since it was last read; empty where there is none. One that
    /// cannot be read changes nothing. Never null.
    std::shared_ptr<const HostsTable> read();

private:
    std::filesystem::path path_;
    std::filesystem::file_time_type read_at_{};
    std::shared_ptr<const HostsTable> table_;
};

}  // namespace countersign::proxy::upstream::dns
