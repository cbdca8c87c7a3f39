#include "proxy/routing/peer.hpp"

#include "proxy/http/request_target.hpp"

namespace countersign::proxy {

std::string Peer::to_text() const {
    if (is_unix) return "unix";
    std::string text;
    append_authority(text, address.to_text(), port, 0);
    return text;
}

}  // namespace countersign::proxy
