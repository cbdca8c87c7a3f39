#include "proxy/commands/command_table.hpp"
#include "proxy/commands/completion/completion.hpp"
#include "proxy/commands/completion/offer.hpp"

namespace countersign::proxy::commands {

namespace {

constexpr std::string_view kBashHead =
    "# Completes countersign's commands and options, in bash 4 or later.\n"
    "# Made by `countersign completion bash`.\n"
    "_countersign()\n"
    "{\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    local command='' words='' files=''\n"
    "    # --config=PATH is three words to bash.\n"
    "    if [[ $word == = ]]; then\n"
    "        word=''\n"
    "    elif [[ $before == = ]]; then\n"
    "        before=${COMP_WORDS[COMP_CWORD-2]}\n"
    "    fi\n"
    "    if ((COMP_CWORD > 1)); then command=${COMP_WORDS[1]}; fi\n";

constexpr std::string_view kBashFoot =
    "    COMPREPLY=()\n"
    "    if [[ -n $words ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
    "    elif [[ -n $files ]]; then\n"
    "        compopt -o filenames 2>/dev/null\n"
    "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
    "    fi\n"
    "}\n"
    "complete -F _countersign countersign\n";

std::string joined(const std::vector<std::string_view>& words) {
    std::string text;
    for (const std::string_view word : words) {
        if (!text.empty()) text += ' ';
        text += word;
    }
    return text;
}

std::string assigned(const Offer& offer) {
    if (offer.files) return "files=yes";
    return offer.words.empty() ? ":" : "words=\"" + joined(offer.words) + "\"";
}

/// `"run -c" | "run --config") files=yes ;;`
std::string bash_values(const CommandSyntax& syntax) {
    std::string text;
    for (const OptionSyntax& option : syntax.options) {
        if (option.value.empty()) continue;
        std::string names;
        for (const std::string_view name : names_of(option)) {
            if (!names.empty()) names += " | ";
            names += "\"" + syntax.name + " " + std::string{name} + "\"";
        }
        text += "        " + names + ") " + assigned(offer_behind(option)) + " ;;\n";
    }
    return text;
}

std::string bash_command(const std::vector<CommandSyntax>& table, const CommandSyntax& syntax) {
    std::string names;
    for (const OptionSyntax& option : all_options(syntax)) {
        if (!names.empty()) names += ' ';
        names += names_of(option).back();
    }
    Offer beside = offer_beside(table, syntax);
    for (const CommandSyntax* one : subcommands(table, syntax.name)) {
        beside.words.push_back(last_word(one->name));
    }
    std::string text = "                \"" + syntax.name + "\")\n";
    text += "                    if [[ $word == -* ]]; then words=\"" + names + "\"; else " +
            assigned(beside) + "; fi\n";
    return text + "                    ;;\n";
}

}  // namespace

std::string bash_completion(const std::vector<CommandSyntax>& table) {
    std::string text{kBashHead};
    for (const CommandSyntax& syntax : table) {
        if (syntax.name.empty() || subcommands(table, syntax.name).empty()) continue;
        text += "    if [[ $command == " + syntax.name +
                " ]] && ((COMP_CWORD > 2)); then command+=\" ${COMP_WORDS[2]}\"; fi\n";
    }
    text += "    case \"$command $before\" in\n";
    for (const CommandSyntax& syntax : table) text += bash_values(syntax);
    text += "        *)\n            case $command in\n";
    for (const CommandSyntax& syntax : table) text += bash_command(table, syntax);
    text += "            esac\n            ;;\n    esac\n";
    return text + std::string{kBashFoot};
}

}  // namespace countersign::proxy::commands
