#include "proxy/admin/admin_server.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <chrono>
#include <exception>
#include <future>
#include <stdexcept>
#include <utility>

#include "proxy/admin/await.hpp"
#include "proxy/log/log.hpp"
#include "proxy/net/socket_address.hpp"

namespace countersign::proxy::admin {

namespace {

/// Operators' connections at a time: probes, a scraper, some people.
constexpr std::size_t kMostConnections = 64;
constexpr auto kLastAnswers = std::chrono::seconds{1};
constexpr auto kBackOff = std::chrono::milliseconds{100};

}  // namespace

/// One listening socket, on the admin thread.
class AdminServer::Listening : public std::enable_shared_from_this<Listening> {
public:
    Listening(
        boost::asio::io_context& context, AdminDesk& desk, net::UniqueFd fd,
        std::function<bool(const Caller&)> may_connect
    )
        : context_{context},
          desk_{desk},
          may_connect_{std::move(may_connect)},
          descriptor_{context, fd.release()},
          pause_{context} {}

    static boost::asio::awaitable<void> run(std::shared_ptr<Listening> self) {
        for (;;) {
            const auto [error] = co_await self->descriptor_.async_wait(
                boost::asio::posix::stream_descriptor::wait_read, kAwait
            );
            if (error) co_return;
            if (self->accept_one()) continue;
            self->pause_.expires_after(kBackOff);
            const auto [ended] = co_await self->pause_.async_wait(kAwait);
            if (ended) co_return;
        }
    }

    void close() {
        boost::system::error_code ignored;
        descriptor_.close(ignored);
        pause_.cancel();
    }

private:
    /// False where it is to be tried again after a moment.
    bool accept_one() {
        sockaddr_storage storage{};
        socklen_t size = sizeof storage;
        auto* const from = reinterpret_cast<sockaddr*>(&storage);
        net::UniqueFd fd{
            ::accept4(descriptor_.native_handle(), from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
        if (!fd) return errno == EAGAIN || errno == ECONNABORTED || errno == EINTR;
        Caller caller;
        const auto address = net::ip_address_of(from);
        caller.is_unix = !address;
        if (address) caller.address = *address;
        if (address) caller.tls = desk_.calls->tls();
        // Who may not ask takes no place, and nobody who is silent keeps another one out.
        if (!may_connect_(caller)) return true;
        const bool full = desk_.connections.size() >= kMostConnections;
        if (full && !end_idlest(desk_)) return true;
        const boost::asio::generic::stream_protocol protocol{
            storage.ss_family == 0 ? AF_UNIX : storage.ss_family, 0};
        boost::asio::generic::stream_protocol::socket socket{context_, protocol, fd.release()};
        boost::asio::co_spawn(
            context_, serve_operator(desk_, std::move(socket), caller),
            [](const std::exception_ptr& error) {
                if (error) log::escaped("an operator's connection", error);
            }
        );
        return true;
    }

    boost::asio::io_context& context_;
    AdminDesk& desk_;
    const std::function<bool(const Caller&)> may_connect_;
    boost::asio::posix::stream_descriptor descriptor_;
    boost::asio::steady_timer pause_;
};

AdminServer::AdminServer(Parts parts)
    : survey_{context_, std::move(parts.workers)},
      recent_{context_, std::move(parts.recent)},
      calls_{
          context_,
          {survey_, recent_, state_, parts.access_log, parts.program_log,
           std::move(parts.actions)}} {
    desk_.calls = &calls_;
}

AdminServer::Opened AdminServer::open(const profiles::AdminRules& next) {
    if (!next.listener) return std::nullopt;
    if (socket_ && socket_->listener().address == next.listener->address) return std::nullopt;
    try {
        return client::ListeningSocket{*next.listener, 1};
    } catch (const std::runtime_error& error) {
        if (!next.is_default) throw;
        if (!std::exchange(warned_, true)) {
            log::warning(
                "{} Until then there is no admin address: no health, metrics or status. Name "
                "another one (admin: {{ address: 127.0.0.1:9902 }}), or say admin: off.",
                error.what()
            );
        }
        return std::nullopt;
    }
}

void AdminServer::close() {
    log::info("no longer asked at {}: admin", profiles::to_text(socket_->bound()));
    // It is closed when this returns, so that somebody else may listen there.
    std::promise<void> closed;
    boost::asio::post(context_, [&] {
        close_listening();
        closed.set_value();
    });
    closed.get_future().wait();
    socket_.reset();
}

void AdminServer::give_way(const std::vector<profiles::Listener>& listeners) {
    if (!socket_ || !is_default_) return;
    const auto wants =
        std::ranges::find(listeners, socket_->listener().address, &profiles::Listener::address);
    if (wants != listeners.end()) close();
}

void AdminServer::follow(const profiles::AdminRules& next, Opened opened) {
    is_default_ = next.is_default;
    const bool stays =
        socket_ && next.listener && socket_->listener().address == next.listener->address;
    if (stays) {
        if (const std::string problem = socket_->follow(*next.listener); !problem.empty()) {
            log::error("{}", problem);
        }
        return;
    }
    if (socket_) close();
    if (!opened) return;
    socket_.emplace(std::move(*opened));
    log::info("admin at {}", profiles::to_text(socket_->bound()));
    const auto fd = std::make_shared<net::UniqueFd>(socket_->take(0));
    boost::asio::post(context_, [this, fd] {
        listening_ =
            std::make_shared<Listening>(context_, desk_, std::move(*fd), [this](const Caller& who) {
                return calls_.may_connect(who);
            });
        boost::asio::co_spawn(
            context_, Listening::run(listening_),
            [](const std::exception_ptr& error) {
                if (error) log::escaped("the admin listener", error);
            }
        );
    });
    if (thread_.joinable()) return;
    thread_ = std::thread{[this] {
        for (bool runs = true; runs;) {
            try {
                context_.run();
                runs = false;
            } catch (...) {
                log::escaped("something on the admin thread", std::current_exception());
            }
        }
    }};
}

std::optional<profiles::ListenAddress> AdminServer::address(const profiles::AdminRules& rules
) const {
    if (socket_) return socket_->bound();
    if (rules.listener) return rules.listener->address;
    return std::nullopt;
}

void AdminServer::close_listening() {
    if (listening_) listening_->close();
    listening_.reset();
    end_connections(desk_);
}

template <class Work>
void AdminServer::there(Work work) {
    if (thread_.joinable()) {
        boost::asio::post(context_, std::move(work));
    } else {
        work();
    }
}

void AdminServer::publish(ProcessState state) {
    there([this, shared = std::make_shared<ProcessState>(std::move(state))] {
        state_ = std::move(*shared);
        if (!state_.generation->configuration().console.enabled) recent_.forget();
    });
}

void AdminServer::worker_ended(std::size_t worker) {
    there([this, worker] {
        survey_.ended(worker);
        recent_.ended(worker);
    });
}

void AdminServer::stop() {
    socket_.reset();
    if (!thread_.joinable()) return;
    boost::asio::post(context_, [this] {
        close_listening();
        desk_.closing = true;
        desk_.when_quiet = [this] { context_.stop(); };
        if (desk_.answering == 0) return context_.stop();
        last_answers_.expires_after(kLastAnswers);
        last_answers_.async_wait([this](const boost::system::error_code&) { context_.stop(); });
    });
    thread_.join();
    desk_.when_quiet = {};
}

}  // namespace countersign::proxy::admin
