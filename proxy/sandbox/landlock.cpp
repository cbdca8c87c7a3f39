#include "proxy/sandbox/landlock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "proxy/net/unique_fd.hpp"

namespace countersign::proxy::sandbox {

namespace {

// glibc has no functions for these, and the headers of Debian 12's kernel end with version 2: what
// stands here is linux/landlock.h, and has the same numbers on all processors.

constexpr long kCreateRuleset = 444;
constexpr long kAddRule = 445;
constexpr long kRestrictSelf = 446;
constexpr std::uint32_t kAskVersion = 1;
constexpr int kPathBeneath = 1;

struct RulesetAttributes {
    std::uint64_t handled_access_fs = 0;
    std::uint64_t handled_access_net = 0;  // since version 4
    std::uint64_t scoped = 0;              // since version 6
};
constexpr std::size_t kFirstSize = sizeof(std::uint64_t);

struct [[gnu::packed]] PathBeneath {
    std::uint64_t allowed_access = 0;
    std::int32_t parent_fd = -1;
};

constexpr std::uint64_t kExecute = 1U << 0;
constexpr std::uint64_t kWriteFile = 1U << 1;
constexpr std::uint64_t kRemoveFolder = 1U << 4;
constexpr std::uint64_t kRemoveFile = 1U << 5;
constexpr std::uint64_t kMakeDevice = 1U << 6;
constexpr std::uint64_t kMakeFolder = 1U << 7;
constexpr std::uint64_t kMakeFile = 1U << 8;
constexpr std::uint64_t kMakeSocket = 1U << 9;
constexpr std::uint64_t kMakePipe = 1U << 10;
constexpr std::uint64_t kMakeBlockDevice = 1U << 11;
constexpr std::uint64_t kMakeLink = 1U << 12;
constexpr std::uint64_t kMoveBetweenFolders = 1U << 13;  // since version 2
constexpr std::uint64_t kTruncate = 1U << 14;            // since version 3
constexpr std::uint64_t kControlDevice = 1U << 15;       // since version 5
constexpr std::uint64_t kSignals = 1U << 1;              // scoped

/// All but reading.
RulesetAttributes rules_of(int abi) {
    RulesetAttributes rules;
    rules.handled_access_fs = kExecute | kWriteFile | kRemoveFolder | kRemoveFile | kMakeDevice |
                              kMakeFolder | kMakeFile | kMakeSocket | kMakePipe | kMakeBlockDevice |
                              kMakeLink;
    if (abi >= 2) rules.handled_access_fs |= kMoveBetweenFolders;
    if (abi >= 3) rules.handled_access_fs |= kTruncate;
    if (abi >= 5) rules.handled_access_fs |= kControlDevice;
    if (abi >= 6) rules.scoped = kSignals;
    return rules;
}

std::uint64_t rights_in(const WritablePlace& place, bool is_folder) {
    if (!is_folder) return kWriteFile;
    switch (place.kind) {
        case WritablePlace::Kind::file:
            return kWriteFile | kMakeFile;
        case WritablePlace::Kind::socket:
            return kMakeSocket | kRemoveFile;
        case WritablePlace::Kind::folder:
            return kWriteFile | kMakeFile | kRemoveFile;
    }
    return 0;
}

void grant(int ruleset, const WritablePlace& place) {
    const net::UniqueFd at{::open(place.granted.c_str(), O_PATH | O_CLOEXEC)};
    struct stat status {};
    if (!at || ::fstat(at.get(), &status) != 0) return;
    const PathBeneath rule{rights_in(place, S_ISDIR(status.st_mode)), at.get()};
    // What refuses a rule is a pipe without a name, which needs none.
    ::syscall(kAddRule, ruleset, kPathBeneath, &rule, 0);
}

/// The kernel's answer to the first question.
std::string why_missing(int error) {
    switch (error) {
        case ENOSYS:
            return "the kernel has none";
        case EOPNOTSUPP:
            return "the kernel was started without it";
        default:
            return std::string{"the kernel refuses it: "} + std::strerror(error);
    }
}

}  // namespace

LandlockState restrict_files(const std::vector<WritablePlace>& places) {
    const long abi = ::syscall(kCreateRuleset, nullptr, 0, kAskVersion);
    if (abi < 0) return {0, why_missing(errno)};
    const RulesetAttributes rules = rules_of(static_cast<int>(abi));
    const std::size_t size = abi >= 6 ? sizeof rules : kFirstSize;
    const net::UniqueFd ruleset{static_cast<int>(::syscall(kCreateRuleset, &rules, size, 0))};
    if (!ruleset) return {0, why_missing(errno)};
    for (const WritablePlace& place : places) grant(ruleset.get(), place);
    if (::syscall(kRestrictSelf, ruleset.get(), 0) != 0) return {0, why_missing(errno)};
    return {static_cast<int>(abi), {}};
}

}  // namespace countersign::proxy::sandbox
