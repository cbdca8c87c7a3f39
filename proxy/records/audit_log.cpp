#include "proxy/records/audit_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "certs/certificate.hpp"
#include "certs/edit/file_replacement.hpp"
#include "certs/printable.hpp"

namespace countersign::proxy::records {

namespace {

namespace json = boost::json;

json::string_view text(std::string_view view) { return {view.data(), view.size()}; }

json::object digests(const FileDigests& files) {
    json::object object;
    for (const auto& [name, digest] : files) object[name] = digest;
    return object;
}

constexpr const char* kAuditFile = "audit.log";
constexpr int kAppending = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW;

/// By errno.
std::string cannot_be_written(const std::filesystem::path& path) {
    const std::string why = errno == ELOOP ? "it is a symbolic link" : std::strerror(errno);
    return "The audit log, " + certs::printable(path.string()) + ", cannot be written: " + why +
           ". It has to be a file of the user that runs countersign; where it is moved away, a new "
           "one is made.";
}

}  // namespace

std::string audit_obstacle(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / kAuditFile;
    const certs::OpenFile file{::open(path.c_str(), kAppending)};
    return file || errno == ENOENT ? std::string{} : cannot_be_written(path);
}

std::string write_audit_entry(const std::filesystem::path& folder, const AuditEntry& entry) {
    const std::filesystem::path path = folder / kAuditFile;
    const json::object object{
        {"time", certs::to_text(std::chrono::system_clock::now())},
        {"what", text(entry.what)},
        {text(entry.kind), entry.name},
        {"who", entry.who},
        {"from", entry.from},
        {"before", digests(entry.before)},
        {"after", digests(entry.after)},
        {"result", entry.result},
    };
    const std::string line = json::serialize(object) + '\n';
    const certs::OpenFile file{::open(path.c_str(), kAppending | O_CREAT, 0600)};
    if (file && ::write(file.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size()))
        return {};
    return cannot_be_written(path);
}

}  // namespace countersign::proxy::records
