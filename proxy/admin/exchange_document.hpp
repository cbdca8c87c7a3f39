#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "proxy/live/exchange_ring.hpp"

namespace countersign::proxy::admin {

/// What it was asked for, in visible ASCII: each other byte is written as %XX, and what was cut
/// ends with three dots. For CONNECT host and port.
std::string url_text(const live::KeptExchange& line);

/// An exchange of the list, which has `number` in it.
boost::json::object exchange_object(const live::KeptExchange& line, std::uint64_t number);

/// What its client was told of a failure, and how the connection was tried.
boost::json::object report_object(const live::FailedExchange& failed);

}  // namespace countersign::proxy::admin
