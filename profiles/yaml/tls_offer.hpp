#pragma once

#include "profiles/profile.hpp"
#include "profiles/yaml/map.hpp"

namespace countersign::profiles {

/// What a profile's `tls:` says of the offer: names of cipher suites and the like, as they stand.
/// Whether OpenSSL knows them is for who makes the connections.
TlsOffer read_tls_offer(YamlMap& tls);

}  // namespace countersign::profiles
