#include "proxy/commands/probe/print_line.hpp"

#include <iostream>

#include "proxy/account.hpp"

namespace countersign::proxy::commands {

void print_line(std::string_view name, std::string_view text) {
    // Flushed: whoever reads a pipe waits for the same server.
    std::cout << column_text(name, text) << std::endl;
}

}  // namespace countersign::proxy::commands
