#include "proxy/commands/json_document.hpp"

#include <boost/json/serialize.hpp>
#include <iostream>

#include "certs/text/utf8.hpp"

namespace countersign::proxy::commands {

boost::json::string json_text(std::string_view text) {
    const std::string valid = certs::with_valid_utf8(text);
    return boost::json::string{valid.data(), valid.size()};
}

void print_document(const boost::json::object& document) {
    std::cout << boost::json::serialize(document) << '\n';
}

}  // namespace countersign::proxy::commands
