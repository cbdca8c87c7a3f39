#include "proxy/commands/command_table.hpp"
#include "proxy/commands/completion/completion.hpp"
#include "proxy/commands/completion/offer.hpp"

namespace countersign::proxy::commands {

namespace {

constexpr std::string_view kZshHead =
    "#compdef countersign\n"
    "# Completes countersign's commands and options in zsh. Made by `countersign completion zsh`.\n"
    "_countersign() {\n"
    "    local -a commands\n"
    "    local name=''\n"
    "    while true; do\n"
    "        case $name in\n";

constexpr std::string_view kZshMiddle =
    "            (*) break ;;\n"
    "        esac\n"
    "        if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then\n"
    "            _describe -t commands command commands\n"
    "            return\n"
    "        fi\n"
    "        if [[ $words[2] == -* ]]; then break; fi\n"
    "        name=${name:+$name }$words[2]\n"
    "        shift words\n"
    "        (( CURRENT-- ))\n"
    "    done\n"
    "    case $name in\n";

constexpr std::string_view kZshFoot =
    "    esac\n"
    "}\n"
    "if [[ $funcstack[1] == _countersign ]]; then\n"
    "    _countersign \"$@\"\n"
    "else\n"
    "    compdef _countersign countersign\n"
    "fi\n";

/// Inside single quotes; `special`: what the completion system reads, besides.
std::string zsh_text(std::string_view text, std::string_view special) {
    std::string out;
    for (const char c : text) {
        if (c == '\'') {
            out += "'\\''";
            continue;
        }
        if (c == '\\' || special.find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

std::string zsh_action(const Offer& offer) {
    if (offer.files) return "_files";
    if (offer.words.empty()) return " ";
    std::string text = "(";
    for (const std::string_view word : offer.words) {
        if (text.size() > 1) text += ' ';
        text += word;
    }
    return text + ")";
}

/// `'*'{-c+,--config=}'[the configuration]:PATH:_files'`
std::string zsh_option(const OptionSyntax& option) {
    const bool has_value = !option.value.empty();
    std::string names;
    const std::vector<std::string_view> all = names_of(option);
    for (const std::string_view name : all) {
        if (!names.empty()) names += ',';
        names += name;
        if (has_value) names += name.starts_with("--") ? "=" : "+";
    }
    std::string text = all.size() > 1 ? "'*'{" + names + "}'" : "'*" + names;
    text += "[" + zsh_text(option.help, "[]") + "]";
    if (has_value) {
        text += ":" + zsh_text(option.value, ":") + ":" + zsh_action(offer_behind(option));
    }
    return text + "'";
}

std::string zsh_commands(const std::vector<CommandSyntax>& table, const CommandSyntax& syntax) {
    std::string text = "            ('" + syntax.name + "')\n                commands=(\n";
    for (const CommandSyntax* one : subcommands(table, syntax.name)) {
        text += "                    '" + std::string{last_word(one->name)} + ":" +
                zsh_text(summary_of(*one), ":") + "'\n";
    }
    return text + "                )\n                ;;\n";
}

std::string zsh_arguments(const std::vector<CommandSyntax>& table, const CommandSyntax& syntax) {
    std::string text = "        ('" + syntax.name + "')\n            _arguments -S";
    for (const OptionSyntax& option : all_options(syntax)) {
        text += " \\\n                " + zsh_option(option);
    }
    if (!syntax.words.empty() && subcommands(table, syntax.name).empty()) {
        text += " \\\n                '*:" + zsh_text(syntax.words, ":") + ":" +
                zsh_action(offer_beside(table, syntax)) + "'";
    }
    return text + "\n            ;;\n";
}

}  // namespace

std::string zsh_completion(const std::vector<CommandSyntax>& table) {
    std::string text{kZshHead};
    for (const CommandSyntax& syntax : table) {
        if (!subcommands(table, syntax.name).empty()) text += zsh_commands(table, syntax);
    }
    text += kZshMiddle;
    for (const CommandSyntax& syntax : table) text += zsh_arguments(table, syntax);
    return text + std::string{kZshFoot};
}

}  // namespace countersign::proxy::commands
