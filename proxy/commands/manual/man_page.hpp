#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/commands/command_syntax.hpp"

namespace countersign::proxy::commands {

/// "keystore list" → "countersign-keystore-list": the page's name, and its file's without ".1".
std::string page_name(std::string_view command);

/// What stands at a page's foot: "0.1.0", "2026-11-27".
struct Edition {
    std::string_view version;
    std::string_view date;
};

/// The manual page of one command of the table, in troff's macros `man`, which groff and mandoc
/// read.
std::string man_page(
    const std::vector<CommandSyntax>& table, const CommandSyntax& syntax, const Edition& edition
);

}  // namespace countersign::proxy::commands
