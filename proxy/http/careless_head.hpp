#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "profiles/response_leniency.hpp"
#include "proxy/http/head_reader.hpp"

namespace countersign::proxy::http {

/// Reads a response head that `parse_response_head` refuses, with what is `allowed`: writes it into
/// `mended` as it should have been, and has that read by the same strict reader, so that nothing
/// else passes. `head` then shows what stands in `mended`; `size` is of `bytes`. What was needed
/// stands in `head.leniencies`. `invalid`: it would not do, or nothing of it was needed.
HeadResult read_careless_head(
    std::string_view bytes, std::size_t max_fields, bool to_head_request,
    profiles::ResponseLeniencies allowed, std::string& mended, Head& head
);

}  // namespace countersign::proxy::http
