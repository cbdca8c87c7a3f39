#include "proxy/upstream/dns/name_files.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <system_error>
#include <utility>

#include "proxy/log/log.hpp"
#include "proxy/net/event_loop.hpp"
#include "proxy/upstream/dns/dns_channel.hpp"

namespace countersign::proxy {

namespace asio = boost::asio;
using FileTime = std::filesystem::file_time_type;

NameInbox::NameInbox(EventLoop& loop, std::function<void(NameLook)> take)
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

/// What only the reading thread touches.
struct NameFiles::Reader {
    explicit Reader(const NameSources& sources) : hosts{sources.hosts} {}

    HostsFile hosts;
    asio::thread_pool thread{1};
};

NameFiles::NameFiles(NameSources sources)
    : sources_{std::move(sources)}, reader_{std::make_unique<Reader>(sources_)} {}

NameFiles::~NameFiles() { reader_->thread.join(); }

void NameFiles::look(std::shared_ptr<NameInbox> inbox, FileTime known) {
    asio::post(reader_->thread, [this, inbox = std::move(inbox), known] {
        NameLook look;
        try {
            look.hosts = reader_->hosts.read();
            std::error_code error;
            look.resolv_conf_time = std::filesystem::last_write_time(sources_.resolv_conf, error);
            // c-ares reads the file when it makes a channel. The loop is for later: it may be gone.
            if (look.resolv_conf_time != known) {
                look.channel = std::make_unique<DnsChannel>(
                    inbox->loop(), sources_.resolv_conf,
                    sources_.servers ? sources_.servers() : std::string{}
                );
            }
        } catch (const std::exception&) {
            log_escaped("a look at /etc/hosts and /etc/resolv.conf", std::current_exception());
        }
        inbox->put(std::move(look));
    });
}

}  // namespace countersign::proxy
