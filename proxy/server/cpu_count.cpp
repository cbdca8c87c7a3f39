#include "proxy/server/cpu_count.hpp"

#include <sched.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace countersign::proxy::server {

namespace {

std::string first_line(const std::filesystem::path& path) {
    std::ifstream file{path};
    std::string line;
    std::getline(file, line);
    return line;
}

/// This process's cgroup v2 path, as /proc/self/cgroup tells it ("0::/user.slice/…").
std::string cgroup_path() {
    std::ifstream file{"/proc/self/cgroup"};
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("0::")) return line.substr(3);
    }
    return "/";
}

/// The tightest quota on the way from this process's cgroup to the root: a parent's binds as well.
std::uint32_t quota_limit() {
    const std::filesystem::path root = "/sys/fs/cgroup";
    std::filesystem::path group = root / std::filesystem::path{cgroup_path()}.relative_path();
    std::uint32_t limit = 0;
    for (;;) {
        if (const std::uint32_t cpus = cpus_of_quota(first_line(group / "cpu.max")); cpus != 0) {
            limit = limit == 0 ? cpus : std::min(limit, cpus);
        }
        if (group == root || !group.has_relative_path() || group == group.parent_path())
            return limit;
        group = group.parent_path();
    }
}

std::uint32_t affinity_count() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&set)));
}

}  // namespace

std::uint32_t cpus_of_quota(std::string_view cpu_max) {
    std::istringstream words{std::string{cpu_max}};
    double quota = 0;
    double period = 0;
    if (!(words >> quota >> period) || quota <= 0 || period <= 0) return 0;  // "max …"
    return static_cast<std::uint32_t>((quota + period - 1) / period);
}

std::uint32_t cpu_count() {
    const std::uint32_t allowed = affinity_count();
    const std::uint32_t limit = quota_limit();
    return limit == 0 ? allowed : std::max(1U, std::min(allowed, limit));
}

}  // namespace countersign::proxy::server
