#pragma once

#include <optional>
#include <string>

#include "certs/openssl_handle.hpp"

namespace countersign::certs {

/// Why a certificate that is trusted vouches for no other, and what to trust instead.
struct AnchorFault {
    std::string says;    ///< behind its name: "signs itself and does not say …"
    std::string remedy;  ///< a sentence
};

/// Nullopt for an authority's certificate (of version 1 too, which has no extension to say it in),
/// and for a server's own, by its usages or its names: that one is trusted by itself. What it is,
/// its extensions and its signature say, never the file that it stands in.
std::optional<AnchorFault> anchor_fault_of(X509* certificate);

/// Whether it is for servers and not for clients, as far as its extensions say.
bool is_for_servers(X509* certificate);
/// The reverse.
bool is_for_clients(X509* certificate);

}  // namespace countersign::certs
