#include "proxy/admin/actions.hpp"

#include <utility>

#include "proxy/admin/elsewhere.hpp"

namespace countersign::proxy::admin {

namespace {

constexpr auto kReloadTime = std::chrono::seconds{60};

}  // namespace

boost::asio::awaitable<std::optional<ReloadResult>> reloaded(
    boost::asio::io_context& context, const Actions::Reload& reload
) {
    const auto pending = std::make_shared<Pending<ReloadResult>>(context, kReloadTime);
    reload([give = giver_of(context, pending)](ReloadResult result) { give(std::move(result)); });
    co_await pending->timer.async_wait(kAwait);
    co_return std::move(pending->result);
}

}  // namespace countersign::proxy::admin
