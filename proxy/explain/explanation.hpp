#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/explain/imagined_request.hpp"
#include "proxy/generation/generation.hpp"
#include "proxy/upstream/dns/hosts_file.hpp"

namespace countersign::proxy::explain {

/// What happens to it and why, by the code that serves requests. Lines of a name and a value, in
/// the order in which they are printed.
struct Explanation {
    struct Considered {
        std::string profile;
        std::string verdict;
    };

    std::string error;  ///< what is wrong with the question itself; then nothing else is there
    std::string request;
    std::string profile;  ///< empty: none
    std::string why;
    std::string refusal;  ///< "403 Forbidden: …"; empty: it is served
    std::string remedy;
    std::string answered;  ///< by the proxy itself: then nobody else is asked
    std::vector<Considered> considered;
    std::string identity;
    std::string record;
    std::string expires;
    std::string trust;
    std::string tls;
    std::string dials;
    std::string addresses;  ///< of the name that is dialled, as far as they are known
    std::string announces;
    std::string verifies;
    std::string host;
    std::string request_headers;
    std::string rewrites;  ///< of the response
    std::string leniency;  ///< what the server's responses may have, by name
};

/// One of what it says: its name where people read it, its name in JSON, its value.
struct Line {
    std::string_view text;
    std::string_view json;
    const std::string& value;
};

/// All that is one text, in the order in which it is told; an empty one is nothing to be told.
std::vector<Line> lines_of(const Explanation& found);

/// `hosts`: what names stand for, beside localhost; no other is looked up.
Explanation explain(
    const std::shared_ptr<const generation::Generation>& generation, const ImaginedRequest& asked,
    const upstream::dns::HostsTable& hosts, std::chrono::system_clock::time_point now
);

}  // namespace countersign::proxy::explain
