#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace countersign::proxy::admin {

/// What came of a reload that was asked for.
struct ReloadResult {
    bool adopted = false;
    std::vector<std::string> problems;
};

/// What operators may have done. Called on the admin thread; none of them waits.
struct Actions {
    /// `done` is called once, on any thread.
    using Reload = std::function<void(std::function<void(ReloadResult)> done)>;

    Reload reload;
    std::function<void()> drain;
    std::function<void()> quit;
};

/// Has it reloaded, and waits for what comes of it; nothing where that takes more than a minute,
/// and it goes on. On the thread of `context`.
boost::asio::awaitable<std::optional<ReloadResult>> reloaded(
    boost::asio::io_context& context, const Actions::Reload& reload
);

}  // namespace countersign::proxy::admin
