#include "proxy/commands/command_table.hpp"
#include "proxy/commands/completion/completion.hpp"
#include "proxy/commands/completion/offer.hpp"

namespace countersign::proxy::commands {

namespace {

constexpr std::string_view kFishHead =
    "# Completes countersign's commands and options in fish.\n"
    "# Made by `countersign completion fish`.\n"
    "function __countersign_next --description 'these commands, and nothing else, are typed'\n"
    "    set -l typed (commandline -opc)\n"
    "    set -e typed[1]\n"
    "    test \"$typed\" = \"$argv\"\n"
    "end\n"
    "function __countersign_in --description 'what is typed begins with these commands'\n"
    "    set -l typed (commandline -opc)\n"
    "    set -e typed[1]\n"
    "    test (count $typed) -ge (count $argv)\n"
    "    or return 1\n"
    "    set -l begin $typed[1..(count $argv)]\n"
    "    test \"$begin\" = \"$argv\"\n"
    "end\n"
    "complete -c countersign -f\n";

std::string fish_text(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\\' || c == '\'') out += '\\';
        out += c;
    }
    return out + "'";
}

std::string fish_line(std::string_view function, std::string_view name) {
    std::string condition{function};
    if (!name.empty()) condition += " " + std::string{name};
    return "complete -c countersign -n '" + condition + "'";
}

std::string fish_words(const Offer& offer) {
    std::string text;
    for (const std::string_view word : offer.words) {
        if (!text.empty()) text += ' ';
        text += word;
    }
    return " -a '" + text + "'";
}

std::string fish_option(std::string_view command, const OptionSyntax& option) {
    std::string text =
        fish_line(command.empty() ? "__countersign_next" : "__countersign_in", command);
    for (const std::string_view name : names_of(option)) {
        const bool is_long = name.starts_with("--");
        text += (is_long ? " -l " : " -s ") + std::string{name.substr(is_long ? 2 : 1)};
    }
    if (!option.value.empty()) {
        const Offer offer = offer_behind(option);
        text += offer.files ? " -r -F" : " -x";
        if (!offer.words.empty()) text += fish_words(offer);
    }
    return text + " -d " + fish_text(option.help) + "\n";
}

std::string fish_command(const std::vector<CommandSyntax>& table, const CommandSyntax& syntax) {
    std::string text;
    for (const CommandSyntax* one : subcommands(table, syntax.name)) {
        text += fish_line("__countersign_next", syntax.name) + " -a " +
                std::string{last_word(one->name)} + " -d " + fish_text(summary_of(*one)) + "\n";
    }
    for (const OptionSyntax& option : all_options(syntax)) text += fish_option(syntax.name, option);
    const Offer beside = offer_beside(table, syntax);
    if (beside.files) text += fish_line("__countersign_in", syntax.name) + " -F\n";
    if (!beside.words.empty()) {
        text += fish_line("__countersign_in", syntax.name) + fish_words(beside) + "\n";
    }
    return text;
}

}  // namespace

std::string fish_completion(const std::vector<CommandSyntax>& table) {
    std::string text{kFishHead};
    for (const CommandSyntax& syntax : table) text += fish_command(table, syntax);
    return text;
}

}  // namespace countersign::proxy::commands
