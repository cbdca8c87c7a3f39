#include "proxy/admin/json_document.hpp"

#include "certs/text/utf8.hpp"

namespace countersign::proxy::admin {

boost::json::string json_text(std::string_view text) {
    const std::string valid = certs::with_valid_utf8(text);
    return boost::json::string{valid.data(), valid.size()};
}

}  // namespace countersign::proxy::admin
