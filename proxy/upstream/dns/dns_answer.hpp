#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "profiles/network.hpp"

namespace countersign::proxy::upstream::dns {

/// What a look-up of the domain name system gave.
struct DnsAnswer {
    std::vector<profiles::IpAddress> addresses;
    std::chrono::seconds ttl{0};
    bool timed_out = false;
    bool not_there = false;  ///< the servers say that there is no such name, or no address of it
    std::string error;       ///< words, where there are no addresses
};

}  // namespace countersign::proxy::upstream::dns
