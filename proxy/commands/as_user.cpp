#include "proxy/commands/as_user.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "certs/printable.hpp"
#include "proxy/net/unique_fd.hpp"
#include "proxy/sandbox/process_user.hpp"

namespace countersign::proxy::commands {

namespace {

namespace fs = std::filesystem;

/// By really opening it: 0, or why not.
int obstacle_to_read(const fs::path& path) {
    const net::UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    return file ? 0 : errno;
}

/// The configuration's file, or its folder with the files in it.
std::vector<fs::path> parts_of(const fs::path& configuration) {
    std::vector<fs::path> parts{configuration};
    std::error_code error;
    for (fs::directory_iterator one{configuration, error}, end; !error && one != end;
         one.increment(error)) {
        if (one->path().extension() == ".yaml") parts.push_back(one->path());
    }
    return parts;
}

}  // namespace

generation::Prelude as_user(const std::filesystem::path& configuration, NotRoot not_root) {
    return [configuration, not_root](const profiles::Configuration& read) {
        std::vector<std::string> problems;
        if (!read.user || !sandbox::is_another(*read.user)) return problems;
        if (not_root == NotRoot::stays && !sandbox::may_become_another()) return problems;
        // Listed before: a folder that may not be listed is in the list.
        const std::vector<fs::path> parts = parts_of(configuration);
        if (std::string text = sandbox::become(*read.user); !text.empty()) {
            problems.push_back(std::move(text));
            return problems;
        }
        for (const fs::path& part : parts) {
            const int error = obstacle_to_read(part);
            if (error == 0) continue;
            std::string text = "user: " + read.user->text + " cannot read ";
            text += certs::printable(part.string()) + " (" + std::strerror(error);
            text +=
                "), and a reload reads it as that user. Let that user read it, and pass the "
                "directories above it.";
            problems.push_back(std::move(text));
        }
        return problems;
    };
}

}  // namespace countersign::proxy::commands
