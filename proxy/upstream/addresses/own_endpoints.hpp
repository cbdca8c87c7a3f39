#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "profiles/configuration.hpp"
#include "profiles/network.hpp"

namespace countersign::proxy::upstream::addresses {

/// Where the proxy itself would answer: what its listeners are bound to, and this machine's
/// addresses, each of which leads to a listener that is bound to all of them. Immutable.
class OwnEndpoints {
public:
    /// `listening`: TCP endpoints with their real ports; `local`: of this machine's interfaces.
    OwnEndpoints(
        std::vector<profiles::TcpAddress> listening, std::vector<profiles::IpAddress> local
    );
    /// With this machine's addresses as they are now; none where the system does not say.
    static OwnEndpoints of_this_machine(std::vector<profiles::TcpAddress> listening);
    /// The same of what `run` would be bound to; a port that the system is to choose is nobody's
    /// yet.
    static OwnEndpoints of(const profiles::Configuration& configuration);

    bool has(const profiles::IpAddress& address, std::uint16_t port) const;
    /// The same of an address as text, and of localhost. Other names are not looked up.
    bool has(std::string_view host, std::uint16_t port) const;
    /// Whether a listener has that port, at whatever address.
    bool has_port(std::uint16_t port) const;

private:
    std::vector<profiles::TcpAddress> listening_;
    std::vector<profiles::IpAddress> local_;
};

}  // namespace countersign::proxy::upstream::addresses
