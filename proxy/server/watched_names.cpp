#include "proxy/server/watched_names.hpp"

#include <iterator>
#include <string>
#include <system_error>
#include <unordered_map>
#include <utility>

namespace countersign::proxy::server {

namespace {

namespace fs = std::filesystem;

/// In one path; more than anybody has, less than a loop of links.
constexpr int kMostLinks = 40;

/// Which paths are links, and where they lead; each is asked of the system once.
class Links {
public:
    /// Empty: it is none.
    const fs::path& target_of(const fs::path& path) {
        const auto [known, is_new] = known_.try_emplace(path.native());
        if (is_new) {
            std::error_code error;
            known->second = fs::read_symlink(path, error);
        }
        return known->second;
    }

private:
    std::unordered_map<std::string, fs::path> known_;
};

/// `rest` is walked as the system would: ".." behind a link leads up from where that leads.
void add(WatchedNames& names, Links& known, fs::path rest) {
    int links = 0;
    fs::path walked;
    bool again = true;
    while (again && links <= kMostLinks) {
        again = false;
        walked = rest.root_path();
        const fs::path components = rest.relative_path();
        for (auto one = components.begin(); one != components.end() && !again; ++one) {
            if (one->empty() || *one == ".") continue;
            if (*one == "..") {
                walked = walked.parent_path();
                continue;
            }
            WatchedDirectory& directory = names[walked];
            directory.names.insert(one->string());
            if (std::next(one) == components.end()) directory.content = true;
            const fs::path& to = known.target_of(walked / *one);
            if (to.empty()) {
                walked /= *one;
                continue;
            }
            // The same path once more, with the link's target in its place.
            rest = to.is_absolute() ? to : walked / to;
            for (auto after = std::next(one); after != components.end(); ++after) rest /= *after;
            ++links;
            again = true;
        }
    }
    std::error_code error;
    if (!again && fs::is_directory(walked, error)) names[walked] = {{""}, true};
}

}  // namespace

WatchedNames watched_names(const std::vector<fs::path>& files) {
    WatchedNames names;
    Links links;
    for (const fs::path& file : files) {
        std::error_code error;  // the working directory may be gone, of a relative path
        if (fs::path whole = fs::absolute(file, error); !error) add(names, links, std::move(whole));
    }
    return names;
}

}  // namespace countersign::proxy::server
