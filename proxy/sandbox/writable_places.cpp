#include "proxy/sandbox/writable_places.hpp"

#include <sys/stat.h>

#include <system_error>
#include <utility>
#include <variant>

#include "profiles/danger.hpp"

namespace countersign::proxy::sandbox {

namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 8;

/// What a symbolic link leads to, also where that is not there yet.
fs::path behind_links(fs::path path) {
    std::error_code error;
    for (int links = 0; links < kMostLinks; ++links) {
        const fs::path to = fs::read_symlink(path, error);
        if (error) break;
        path = path.parent_path() / to;
    }
    return path;
}

fs::path granted_for(const fs::path& path) {
    std::error_code error;
    const fs::path whole = fs::absolute(path, error);  // empty where the working directory is gone
    const fs::path target = behind_links(whole);
    struct stat status {};
    const bool there = ::stat(whole.c_str(), &status) == 0;
    const bool in_a_folder = !there || S_ISREG(status.st_mode) || S_ISSOCK(status.st_mode);
    // A file without a name (/dev/stdout may lead to one) has no folder, either.
    if (!in_a_folder || (there && !fs::exists(target, error))) return whole;
    return target.parent_path();
}

WritablePlace place(WritablePlace::Kind kind, std::string subject, const fs::path& path) {
    return {kind, std::move(subject), path, granted_for(path)};
}

}  // namespace

std::vector<WritablePlace> writable_places(const profiles::Configuration& configuration) {
    using Kind = WritablePlace::Kind;
    std::vector<WritablePlace> places;
    const std::string& log = configuration.log.access;
    if (log != "off" && log != "stdout" && log != "stderr") {
        places.push_back(place(Kind::file, "log.access", log));
    }
    const auto add_socket = [&places](const profiles::Listener& listener) {
        if (const auto* local = std::get_if<profiles::UnixAddress>(&listener.address)) {
            places.push_back(place(Kind::socket, "listener '" + listener.name + "'", local->path));
        }
    };
    for (const profiles::Listener& listener : configuration.listeners) add_socket(listener);
    if (configuration.admin.listener) add_socket(*configuration.admin.listener);
    if (const auto& directory = configuration.console.directory) {
        places.push_back(place(Kind::folder, "console.directory", *directory));
    }
    for (const profiles::Profile& profile : configuration.profiles) {
        if (!profile.tls.key_log) continue;
        std::string subject = "profile '" + profile.name + "': tls.";
        subject += profiles::kKeyLog;
        places.push_back(place(Kind::file, std::move(subject), *profile.tls.key_log));
    }
    return places;
}

}  // namespace countersign::proxy::sandbox
