#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "certs/source.hpp"
#include "proxy/http/field_value.hpp"
#include "proxy/http/head.hpp"

namespace countersign::proxy::http {

/// What the operator changes in the fields of requests: immutable, made once at load.
struct RequestEdits {
    std::vector<std::string> dropped;  ///< names of fields that the client's are taken out of
    certs::Secret lines;               ///< whole lines that are put in, each with its CRLF

    bool empty() const { return dropped.empty() && lines.empty(); }
    bool drops(std::string_view field) const {
        for (const std::string& name : dropped) {
            if (same_ignoring_case(name, field)) return true;
        }
        return false;
    }
};

/// Ids that the proxy makes for a request. Empty: none.
struct MadeIds {
    std::string_view request_id;    ///< the value of X-Request-Id
    std::string_view trace_parent;  ///< of traceparent

    /// What came is no trace, or none that can be told: nor is its state.
    bool replaces(const Field& field) const {
        if (field.id != FieldName::trace_parent && field.id != FieldName::trace_state) return false;
        return !trace_parent.empty();
    }
};

}  // namespace countersign::proxy::http
