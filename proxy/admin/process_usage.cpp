#include "proxy/admin/process_usage.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace countersign::proxy::admin {

namespace {

/// The words of /proc/self/stat behind the program's name, which may hold anything; proc(5) counts
/// the first of them as the third.
std::vector<std::string> stat_words() {
    std::ifstream file{"/proc/self/stat"};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    std::istringstream rest{text.substr(text.rfind(')') + 1)};
    return {std::istream_iterator<std::string>{rest}, {}};
}

std::uint64_t number_at(const std::vector<std::string>& words, std::size_t field) {
    const std::size_t at = field - 3;
    return at < words.size() ? std::strtoull(words[at].c_str(), nullptr, 10) : 0;
}

}  // namespace

ProcessUsage ProcessUsage::now() {
    ProcessUsage usage;
    const std::vector<std::string> words = stat_words();
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    usage.cpu_seconds = static_cast<double>(number_at(words, 14) + number_at(words, 15)) / ticks;
    usage.threads = number_at(words, 20);
    usage.virtual_bytes = number_at(words, 23);
    usage.resident_bytes = number_at(words, 24) * static_cast<std::uint64_t>(::getpagesize());
    std::error_code error;
    for (std::filesystem::directory_iterator one{"/proc/self/fd", error}, end; one != end;
         one.increment(error)) {
        ++usage.open_descriptors;
    }
    if (usage.open_descriptors > 0) --usage.open_descriptors;  // the one that reads the directory
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) usage.max_descriptors = limit.rlim_cur;
    return usage;
}

}  // namespace countersign::proxy::admin
