#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "profiles/network.hpp"
#include "proxy/net/timer_queue.hpp"

namespace countersign::proxy {

/// The addresses that /etc/hosts gives to names; read again within a second of a change.
class HostsFile {
public:
    explicit HostsFile(std::filesystem::path path = "/etc/hosts");

    /// Lower-case name → addresses in the order of the file, none where it does not have the name.
    std::vector<profiles::IpAddress> find(const std::string& name, TimePoint now);

private:
    void read_if_changed(TimePoint now);

    std::filesystem::path path_;
    TimePoint look_again_at_ = TimePoint::min();
    std::filesystem::file_time_type read_at_{};
    std::unordered_map<std::string, std::vector<profiles::IpAddress>> names_;
};

/// What a hosts file's text says.
std::unordered_map<std::string, std::vector<profiles::IpAddress>> parse_hosts(std::string_view text
);

}  // namespace countersign::proxy
