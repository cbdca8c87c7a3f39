#include "proxy/commands/print_document.hpp"

#include <boost/json/serialize.hpp>
#include <iostream>

namespace countersign::proxy::commands {

void print_document(const boost::json::object& document) {
    std::cout << boost::json::serialize(document) << '\n';
}

}  // namespace countersign::proxy::commands
