#pragma once

#include <string_view>
#include <vector>

#include "proxy/commands/command_syntax.hpp"

namespace countersign::proxy::commands {

/// What a shell offers in one place; neither: something that only the user knows.
struct Offer {
    bool files = false;
    std::vector<std::string_view> words;
};

/// Behind an option with a value.
Offer offer_behind(const OptionSyntax& option);

/// Beside a command's options. Its sub-commands, where it has some, are not among it. `man` is
/// offered the commands of the table.
Offer offer_beside(const std::vector<CommandSyntax>& table, const CommandSyntax& syntax);

}  // namespace countersign::proxy::commands
