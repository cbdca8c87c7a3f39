#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "profiles/configuration.hpp"
#include "profiles/network.hpp"

namespace countersign::proxy::upstream::addresses {

/// Where the proxy itself would answer: what its listeners are bound to, and this machine's
/// addresses, each of which leads to a listener that is bound to all of them. Immutable.
class OwnEndpoints {
public:
    /// What an endpoint is of the proxy's.
    enum class Kind : std::uint8_t { none, listener, admin };

    /// `listening`: TCP endpoints with their real ports; `local`: of this machine's interfaces;
    /// `admin`: where operators are answered.
    OwnEndpoints(
        std::vector<profiles::TcpAddress> listening, std::vector<profiles::IpAddress> local,
        std::optional<profiles::TcpAddress> admin = {}
    );
    /// With this machine's addresses as they are now; none where the system does not say.
    static OwnEndpoints of_this_machine(
        std::vector<profiles::TcpAddress> listening, std::optional<profiles::TcpAddress> admin
    );
    /// The same of what `run` would be bound to; a port that the system is to choose is nobody's
    /// yet.
    static OwnEndpoints of(const profiles::Configuration& configuration);

    Kind at(const profiles::IpAddress& address, std::uint16_t port) const;
    /// The same of an address as text, and of localhost. Other names are not looked up.
    Kind at(std::string_view host, std::uint16_t port) const;
    /// Whether a listener has that port, at whatever address.
    bool listens_at(std::uint16_t port) const;

private:
    bool leads_to(
        const profiles::TcpAddress& own, const profiles::IpAddress& address, std::uint16_t port
    ) const;

    std::vector<profiles::TcpAddress> listening_;
    std::vector<profiles::IpAddress> local_;
    std::optional<profiles::TcpAddress> admin_;
};

}  // namespace countersign::proxy::upstream::addresses
