#pragma once

#include <string>
#include <vector>

#include "proxy/http/field_value.hpp"
#include "proxy/http/head.hpp"

namespace countersign::proxy::http {

/// What the operator changes in the fields of requests: immutable, made once at load.
struct RequestEdits {
    std::vector<std::string> dropped;  ///< names of fields that the client's are taken out of
    std::string lines;                 ///< whole lines that are put in, each with its CRLF

    bool empty() const { return dropped.empty() && lines.empty(); }
    bool drops(const Field& field) const {
        for (const std::string& name : dropped) {
            if (same_ignoring_case(name, field.name)) return true;
        }
        return false;
    }
};

}  // namespace countersign::proxy::http
