#include "proxy/server/watched_names.hpp"

#include <iterator>
#include <system_error>

namespace countersign::proxy::server {

namespace {

namespace fs = std::filesystem;

/// In one path; more than anybody has, less than a loop of links.
constexpr int kMostLinks = 40;

void add(WatchedNames& names, const fs::path& file) {
    fs::path rest = fs::absolute(file).lexically_normal();
    int links = 0;
    for (bool again = true; again && links <= kMostLinks;) {
        again = false;
        fs::path walked = rest.root_path();
        const fs::path components = rest.relative_path();
        for (auto one = components.begin(); one != components.end(); ++one) {
            const bool last = std::next(one) == components.end();
            std::error_code error;
            const fs::path to = fs::read_symlink(walked / *one, error);
            if (last || !error) names[walked].insert(one->string());
            if (error) {
                walked /= *one;
                continue;
            }
            // The same path once more, with the link's target in its place.
            fs::path followed = to.is_absolute() ? to : walked / to;
            for (auto after = std::next(one); after != components.end(); ++after) {
                followed /= *after;
            }
            rest = followed.lexically_normal();
            ++links;
            again = true;
            break;
        }
    }
    std::error_code error;
    if (fs::is_directory(rest, error)) names[rest].insert("");
}

}  // namespace

WatchedNames watched_names(const std::vector<fs::path>& files) {
    WatchedNames names;
    for (const fs::path& file : files) add(names, file);
    return names;
}

}  // namespace countersign::proxy::server
