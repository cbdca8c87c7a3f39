#include "proxy/upstream/dns/name_files.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include "proxy/net/event_loop.hpp"
#include "proxy/upstream/dns/dns_channel.hpp"

namespace countersign::proxy::upstream::dns {

namespace asio = boost::asio;
using FileTime = std::filesystem::file_time_type;

NameInbox::NameInbox(net::EventLoop& loop, std::function<void(NameLook)> take)
    : loop_{loop}, take_{std::move(take)} {}

void NameInbox::close() {
    const std::lock_guard lock{mutex_};
    open_ = false;
    take_ = {};
}

void NameInbox::put(NameLook look) {
    const std::lock_guard lock{mutex_};
    if (!open_) return;
    loop_.post([self = shared_from_this(),
                look = std::make_shared<NameLook>(std::move(look))]() mutable {
        if (self->take_) self->take_(std::move(*look));
    });
}

/// The reading thread, and what it alone touches.
struct NameFiles::Reader {
    explicit Reader(NameSources where) : sources{std::move(where)}, hosts{sources.hosts} {}

    void run() {
        context.run();
        {
            const std::lock_guard lock{mutex};
            ended = true;
        }
        changed.notify_all();
    }
    NameLook look(net::EventLoop& loop, std::optional<FileTime> known);

    NameSources sources;
    HostsFile hosts;
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    std::mutex mutex;
    std::condition_variable changed;
    bool ended = false;
    std::thread thread;
};

// c-ares reads the file when it makes a channel. The loop is for later: it may be gone.
NameLook NameFiles::Reader::look(net::EventLoop& loop, std::optional<FileTime> known) {
    NameLook found;
    found.hosts = hosts.read();
    std::error_code error;
    found.resolv_conf_time = std::filesystem::last_write_time(sources.resolv_conf, error);
    if (known && (error || found.resolv_conf_time == *known)) return found;
    try {
        found.channel = std::make_unique<DnsChannel>(
            loop, sources.resolv_conf, sources.servers ? sources.servers() : std::string{}
        );
    } catch (const std::bad_alloc&) {
        // Who asks is told, and the next look tries again.
    }
    return found;
}

NameFiles::NameFiles(NameSources sources)
    : look_every_{sources.look_every}, reader_{std::make_shared<Reader>(std::move(sources))} {
    reader_->thread = std::thread{[reader = reader_] { reader->run(); }};
}

NameFiles::~NameFiles() {
    constexpr auto kPatience = std::chrono::seconds{1};
    reader_->context.stop();
    std::unique_lock lock{reader_->mutex};
    const bool ended = reader_->changed.wait_for(lock, kPatience, [&] { return reader_->ended; });
    lock.unlock();
    ended ? reader_->thread.join() : reader_->thread.detach();
}

void NameFiles::look(std::shared_ptr<NameInbox> inbox, std::optional<FileTime> known) {
    // The thread keeps the reader; what is never begun does not.
    asio::post(reader_->context, [reader = reader_.get(), inbox = std::move(inbox), known] {
        inbox->put(reader->look(inbox->loop(), known));
    });
}

}  // namespace countersign::proxy::upstream::dns
