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
#include "proxy/server/watched_names.hpp"

namespace countersign::proxy::server {

namespace {

/// A renewal changes several files one after the other. And a file beside them may be written to
/// all the time, as a log is.
constexpr auto kMoment = std::chrono::milliseconds{200};
constexpr std::uint32_t kOfNames =
    IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr std::uint32_t kOfContent = IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB;

}  // namespace

FileWatch::FileWatch(boost::asio::io_context& context, std::function<void()> changed)
    : changed_{std::move(changed)},
      context_{context},
      inotify_{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)},
      soon_{context} {
    if (!inotify_) {
        log::warning(
            "a change of key stores is found within 30 seconds, and not at once: inotify: {}",
            std::strerror(errno)
        );
        return;
    }
    wait();
}

FileWatch::~FileWatch() { stop(); }

void FileWatch::follow(std::vector<std::filesystem::path> files) {
    if (files == files_)
        return;  // a change of a link among them has its event, and is followed then
    files_ = std::move(files);
    follow_links();
}

void FileWatch::follow_links() {
    if (!inotify_) return;
    std::map<int, std::set<std::string>> watched;
    for (auto& [path, directory] : watched_names(files_)) {
        // One that is not there comes with a name in the directory above it.
        const std::uint32_t events = kOfNames | (directory.content ? kOfContent : 0U);
        const int number =
            ::inotify_add_watch(inotify_.get(), path.c_str(), events | IN_MASK_ADD | IN_ONLYDIR);
        if (number >= 0) watched[number].insert(directory.names.begin(), directory.names.end());
        if (number < 0 && errno == ENOSPC) tell_shortage();
    }
    for (const auto& [number, names] : directories_) {
        if (!watched.contains(number)) ::inotify_rm_watch(inotify_.get(), number);
    }
    directories_ = std::move(watched);
}

void FileWatch::wait() {
    waiting_.emplace(context_, inotify_.get());
    waiting_->async_wait(
        boost::asio::posix::descriptor_base::wait_read,
        [this](const boost::system::error_code& error) {
            if (error || !waiting_) return;
            stop_waiting();
            look_soon();
        }
    );
}

void FileWatch::stop_waiting() {
    if (waiting_) waiting_->release();
    waiting_.reset();
}

void FileWatch::look_soon() {
    soon_.expires_after(kMoment);
    soon_.async_wait([this](const boost::system::error_code& cancelled) {
        if (cancelled || !inotify_) return;
        const bool concerned = read_events();
        wait();  // first, so that an exception does not end it
        if (!concerned) return;
        follow_links();
        changed_();
    });
}

bool FileWatch::read_events() {
    bool concerned = false;
    alignas(inotify_event) std::array<char, 4096> bytes;
    // Not to its end: each read may bring another event, where a tracer writes its output there.
    // What is left is for the next look.
    for (std::size_t all = 0; all < kMostBytes; all += bytes.size()) {
        const ssize_t got = ::read(inotify_.get(), bytes.data(), bytes.size());
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
            const std::set<std::string>& names = directory->second;
            concerned = concerned || names.contains("") || names.contains(event.name);
        }
    }
    return concerned;
}

void FileWatch::tell_shortage() {
    if (std::exchange(is_short_, true)) return;
    log::warning(
        "a change of key stores may be found within 30 seconds only, and not at once: this user "
        "has no inotify watch left. Raise fs.inotify.max_user_watches with sysctl."
    );
}

void FileWatch::stop() {
    stop_waiting();
    inotify_.reset();
    soon_.cancel();
}

}  // namespace countersign::proxy::server
