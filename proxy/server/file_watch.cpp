#include "proxy/server/file_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <set>
#include <string>
#include <utility>

#include "proxy/log/log.hpp"

namespace countersign::proxy::server {

namespace {

/// A renewal changes several files one after the other.
constexpr auto kMoment = std::chrono::milliseconds{200};
constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MODIFY | IN_MOVED_TO | IN_MOVED_FROM |
                                  IN_CREATE | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

}  // namespace

FileWatch::FileWatch(boost::asio::io_context& context, std::function<void()> changed)
    : changed_{std::move(changed)}, inotify_{context}, soon_{context} {
    const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) {
        log::warning(
            "a change of key stores is found within 30 seconds, and not at once: inotify: {}",
            std::strerror(errno)
        );
        return;
    }
    inotify_.assign(fd);
    wait();
}

void FileWatch::follow(std::vector<std::filesystem::path> files) {
    files_ = std::move(files);
    follow_links();
}

void FileWatch::follow_links() {
    if (!inotify_.is_open()) return;
    names_ = watched_names(files_);
    std::map<int, std::filesystem::path> watched;
    for (const auto& [directory, names] : names_) {
        const int number =
            ::inotify_add_watch(inotify_.native_handle(), directory.c_str(), kEvents | IN_ONLYDIR);
        if (number >= 0) watched.emplace(number, directory);
    }
    for (const auto& [number, directory] : directories_) {
        if (!watched.contains(number)) ::inotify_rm_watch(inotify_.native_handle(), number);
    }
    directories_ = std::move(watched);
}

void FileWatch::wait() {
    inotify_.async_wait(
        boost::asio::posix::descriptor_base::wait_read,
        [this](const boost::system::error_code& error) {
            if (error) return;
            if (read_events()) tell_soon();
            wait();
        }
    );
}

bool FileWatch::read_events() {
    bool concerned = false;
    alignas(inotify_event) std::array<char, 4096> bytes;
    for (;;) {
        const ssize_t got = ::read(inotify_.native_handle(), bytes.data(), bytes.size());
        if (got <= 0) return concerned;
        for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
            const auto& event = *reinterpret_cast<const inotify_event*>(bytes.data() + at);
            at += sizeof event + event.len;
            const auto directory = directories_.find(event.wd);
            // Of the directory itself, or of what was too much to tell.
            if (event.len == 0 || directory == directories_.end()) {
                concerned = concerned || (event.mask & IN_IGNORED) == 0;
                continue;
            }
            const std::set<std::string>& names = names_[directory->second];
            concerned = concerned || names.contains("") || names.contains(event.name);
        }
    }
}

void FileWatch::tell_soon() {
    if (std::exchange(expected_, true)) return;
    soon_.expires_after(kMoment);
    soon_.async_wait([this](const boost::system::error_code& cancelled) {
        expected_ = false;
        if (cancelled) return;
        follow_links();
        changed_();
    });
}

void FileWatch::stop() {
    boost::system::error_code ignored;
    inotify_.close(ignored);
    soon_.cancel();
}

}  // namespace countersign::proxy::server
