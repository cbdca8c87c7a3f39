#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "proxy/upstream/dns/hosts_file.hpp"

namespace countersign::proxy::net {
class EventLoop;
}

namespace countersign::proxy::upstream::dns {

class DnsChannel;

/// Where names are looked up; a test gives its own.
struct NameSources {
    std::filesystem::path hosts = "/etc/hosts";
    std::filesystem::path resolv_conf = "/etc/resolv.conf";
    /// "127.0.0.1:5353,…": whom to ask instead of the servers that resolv_conf names.
    std::function<std::string()> servers = {};
    /// Many connections in a second need not ask for the files' times each.
    std::chrono::milliseconds look_every{1000};
};

/// What a look at the files gave.
struct NameLook {
    std::shared_ptr<const HostsTable> hosts;  ///< never null
    /// Of resolv.conf; null where it is the one that is known, or is gone and one is known, or
    /// where none can be made.
    std::unique_ptr<DnsChannel> channel;
    std::filesystem::file_time_type resolv_conf_time;
};

/// Where a worker is given what it asked for, on its loop.
class NameInbox : public std::enable_shared_from_this<NameInbox> {
public:
    NameInbox(net::EventLoop& loop, std::function<void(NameLook)> take);

    net::EventLoop& loop() const { return loop_; }
    /// By the loop's thread: nothing comes any more, and the loop may go.
    void close();

private:
    friend class NameFiles;
    void put(NameLook look);

    net::EventLoop& loop_;
    std::function<void(NameLook)> take_;
    std::mutex mutex_;
    bool open_ = true;
};

/// The two files that names are looked up with. They are read by a thread of their own, for all
/// workers: a disk that hangs holds up nobody but those who look up a name.
class NameFiles {
public:
    explicit NameFiles(NameSources sources = {});
    /// Waits a second at most for the look that is under way; later ones are not begun.
    ~NameFiles();
    NameFiles(const NameFiles&) = delete;
    NameFiles& operator=(const NameFiles&) = delete;

    /// From any thread: looks at both and puts into `inbox` what there is. `known`: the time of
    /// the resolv.conf that the worker has a channel of, if it has any.
    void look(
        std::shared_ptr<NameInbox> inbox, std::optional<std::filesystem::file_time_type> known
    );

    std::chrono::milliseconds look_every() const { return look_every_; }

private:
    struct Reader;

    std::chrono::milliseconds look_every_;
    std::shared_ptr<Reader> reader_;  ///< outlives this where the thread hangs in a read
};

}  // namespace countersign::proxy::upstream::dns
