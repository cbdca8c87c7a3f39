#pragma once

#include <string>

#include "proxy/explain/imagined_request.hpp"
#include "proxy/generation/generation.hpp"
#include "proxy/routing/peer.hpp"

namespace countersign::proxy::explain {

/// Who would send an imagined request, as the data plane would know it.
struct Asker {
    routing::Peer peer;
    std::string listener;  ///< where it comes in
    std::string name;      ///< a named client's; as if it had proven it
};

/// Reads `--client` and `--listener`. Without a listener it is the first that such a client can
/// come to. Empty, or what is wrong with the question: who it is about does not exist, or cannot
/// come there.
std::string read_asker(
    const ImaginedRequest& asked, const generation::Generation& generation, Asker& asker
);

/// "client 'billing' from 10.1.2.3, on listener 'apps'"
std::string to_text(const Asker& asker);

}  // namespace countersign::proxy::explain
