#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/failure.hpp"
#include "proxy/upstream/addresses/address_guard.hpp"
#include "proxy/upstream/addresses/goal.hpp"

namespace countersign::proxy::upstream {

/// "api.example:443", and what is dialled instead where connect_to says so.
std::string destination_text(const addresses::Goal& goal);

/// A request for the proxy itself, as a browser sends it that opens the proxy's address.
Failure is_the_proxy(std::string_view authority);
/// A request that would be forwarded to the proxy's admin address.
Failure is_the_admin_address(std::string_view host, std::uint16_t port);
/// "Set it as …": how a client uses the proxy.
std::string how_to_use(std::string_view authority);

/// No address of the destination may be dialled. `objections`: to each of them, at least one.
Failure prohibited_failure(
    const addresses::Goal& goal, const std::vector<addresses::AddressObjection>& objections
);

/// The destination was dialled at `dialled` addresses, and the last attempt ended with `error`, an
/// errno. `objections`: to the addresses that were not dialled.
Failure connect_failure(
    const addresses::Goal& goal, int error, std::size_t dialled,
    const std::vector<addresses::AddressObjection>& objections
);

/// The destination's addresses are not dialled before `pause` is over, since they could not be
/// connected to several times in a row, for the last time with `error`, an errno.
Failure unavailable_failure(
    const addresses::Goal& goal, int error, std::chrono::milliseconds pause,
    const std::vector<addresses::AddressObjection>& objections
);

}  // namespace countersign::proxy::upstream
