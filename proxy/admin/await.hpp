#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace countersign::proxy::admin {

/// What is awaited gives its error code as a value, in front of what else it gives.
inline constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace countersign::proxy::admin
