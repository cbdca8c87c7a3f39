#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/http/head.hpp"
#include "proxy/http/request_edits.hpp"

namespace countersign::proxy::http {

/// Which trailers of a message do not go on. They come when everything has been decided, and a
/// receiver that merges them into its fields would be deceived (RFC 9110 6.5.1): so none passes
/// that the proxy acts on in a head, that frames or routes a message, tells who asks, or says how
/// the content is to be read; nor one that Connection lists (7.6.1), or that the operator sets or
/// removes.
class TrailerRules {
public:
    TrailerRules() = default;
    /// Those of the message with that head. `edits`: the operator's, null for none; outlives this.
    explicit TrailerRules(const Head& head, const RequestEdits* edits = nullptr);

    /// Appends those of `lines`, each a whole field line with its CRLF, that go on.
    void append(std::string_view lines, std::string& out) const;

private:
    bool drops(std::string_view name) const;

    const RequestEdits* edits_ = nullptr;
    std::vector<std::string> listed_;
};

}  // namespace countersign::proxy::http
