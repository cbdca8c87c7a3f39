#include "proxy/commands/command_syntax.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "certs/printable.hpp"
#include "profiles/nearest_word.hpp"

namespace countersign::proxy::commands {

namespace {

constexpr std::size_t kWidth = 90;
constexpr std::size_t kWidestName = 26;

const OptionSyntax* find_option(const CommandSyntax& syntax, std::string_view name) {
    for (const OptionSyntax& option : syntax.options) {
        const std::vector<std::string_view> names = names_of(option);
        if (std::ranges::find(names, name) != names.end()) return &option;
    }
    return nullptr;
}

std::string_view name_in(std::string_view argument) {
    return argument.substr(0, argument.find('='));
}

std::string unknown_option(const CommandSyntax& syntax, std::string_view name) {
    std::vector<std::string_view> known{"--help"};
    for (const OptionSyntax& option : syntax.options) {
        const std::vector<std::string_view> names = names_of(option);
        known.insert(known.end(), names.begin(), names.end());
    }
    return "unknown option '" + certs::printable(name) + "'" + instead_of(name, known, syntax.name);
}

/// What CLI11 would read in a way of its own: "--alias= a.jks" as the alias a.jks, and "-config x"
/// as the file onfig. True: `read` says so.
bool is_misleading(
    const CommandSyntax& syntax, const std::vector<std::string_view>& arguments, ReadArguments& read
) {
    for (const std::string_view argument : arguments) {
        if (argument == "--") return false;
        const std::string_view name = name_in(argument);
        const OptionSyntax* const option = find_option(syntax, name);
        const bool has_value = option != nullptr && !option->value.empty();
        if (has_value && argument.size() == name.size() + 1) {
            read.error = std::string{name} + " is empty";
            return true;
        }
        if (has_value && name.size() == 2 && argument != name) {
            read.error = std::string{name} + " takes its value without '=': " + std::string{name} +
                         " " + option->value;
            return true;
        }
        const bool one_dash = name.size() > 2 && name[0] == '-' && name[1] != '-';
        if (one_dash && find_option(syntax, "-" + std::string{name}) != nullptr) {
            read.unknown = name;
            read.error = unknown_option(syntax, name);
            return true;
        }
    }
    return false;
}

/// CLI11 found a value where none belongs, or none where one does.
std::string mismatch(const CommandSyntax& syntax, const std::vector<std::string_view>& arguments) {
    const OptionSyntax* const last = find_option(syntax, arguments.back());
    if (last != nullptr && !last->value.empty()) {
        return std::string{arguments.back()} + " needs a value: " + std::string{arguments.back()} +
               " " + last->value;
    }
    for (const std::string_view argument : arguments) {
        const std::string_view name = name_in(argument);
        const OptionSyntax* const option = find_option(syntax, name);
        if (option != nullptr && option->value.empty() && name != argument) {
            return std::string{name} + " takes no value";
        }
    }
    return "the options do not fit together";
}

/// What CLI11 left over: words, and options that it does not know.
void sort_the_rest(
    const CommandSyntax& syntax, std::vector<std::string> rest, ReadArguments& read
) {
    bool only_words = false;
    for (std::string& one : rest) {
        if (!only_words && one == "--") {
            only_words = true;
        } else if (only_words || one == "-" || !one.starts_with('-')) {
            read.words.push_back(std::move(one));
        } else {
            read.unknown = name_in(one);
            read.error = unknown_option(syntax, read.unknown);
            return;
        }
    }
}

std::string take_values(const OptionSyntax& syntax, const CLI::Option& option) {
    for (const std::string& value : option.results()) {
        if (!syntax.value.empty() && value.empty()) {
            return std::string{names_of(syntax).back()} + " is empty";
        }
        if (auto problem = syntax.take(syntax.value.empty() ? std::string{} : value)) {
            return std::string{names_of(syntax).back()} + " " + *problem;
        }
    }
    return {};
}

/// `text` in lines of `kWidth` behind a margin; the first line's margin is there already.
void append_wrapped(std::string& out, std::string_view text, std::size_t margin) {
    std::size_t column = margin;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        if (column > margin && column + 1 + word.size() > kWidth) {
            out += "\n" + std::string(margin, ' ');
            column = margin;
        } else if (column > margin) {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
    }
    out += '\n';
}

std::string left_column(const OptionSyntax& option) {
    std::string text = "  " + option.names;
    if (const std::size_t comma = text.find(','); comma != std::string::npos) {
        text.replace(comma, 1, ", ");
    }
    return option.value.empty() ? text : text + " " + option.value;
}

}  // namespace

std::vector<std::string_view> names_of(const OptionSyntax& option) {
    const std::string_view names = option.names;
    const std::size_t comma = names.find(',');
    if (comma == std::string_view::npos) return {names};
    return {names.substr(0, comma), names.substr(comma + 1)};
}

std::string where_help_is(std::string_view command) {
    std::string text = "`countersign ";
    if (!command.empty()) text += std::string{command} + " ";
    return text + "--help` lists what there is";
}

std::string instead_of(
    std::string_view word, const std::vector<std::string_view>& known, std::string_view command
) {
    const std::string_view nearest = profiles::nearest_word(word, known);
    const std::string meant =
        nearest.empty() ? "" : "did you mean '" + std::string{nearest} + "'? ";
    return "; " + meant + where_help_is(command);
}

ReadArguments read_arguments(
    const CommandSyntax& syntax, const std::vector<std::string_view>& arguments
) {
    ReadArguments read;
    if (is_misleading(syntax, arguments, read)) return read;
    CLI::App app;
    app.allow_extras();
    std::vector<CLI::Option*> options;
    for (const OptionSyntax& option : syntax.options) {
        if (option.value.empty()) {
            options.push_back(app.add_flag(option.names)->disable_flag_override());
        } else {
            options.push_back(app.add_option(option.names)->expected(1));
        }
        options.back()->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
    try {
        app.parse(std::vector<std::string>{arguments.rbegin(), arguments.rend()});
    } catch (const CLI::CallForHelp&) {
        read.help = true;
        return read;
    } catch (const CLI::ParseError&) {
        read.error = mismatch(syntax, arguments);
        return read;
    }
    sort_the_rest(syntax, app.remaining(), read);
    for (std::size_t i = 0; read.error.empty() && i < options.size(); ++i) {
        read.error = take_values(syntax.options[i], *options[i]);
    }
    return read;
}

std::string help_text(const CommandSyntax& syntax) {
    std::string text = "countersign " + syntax.name;
    if (!syntax.words.empty()) text += " " + std::string{syntax.words};
    text += " [OPTIONS]\n\n";
    append_wrapped(text, syntax.about, 0);
    std::vector<OptionSyntax> options = syntax.options;
    options.push_back({"-h,--help", "", "this text", {}});
    std::size_t margin = 0;
    for (const OptionSyntax& option : options) {
        const std::size_t width = left_column(option).size();
        if (width <= kWidestName) margin = std::max(margin, width + 2);
    }
    text += '\n';
    for (const OptionSyntax& option : options) {
        const std::string left = left_column(option);
        text += left;
        const bool fits = left.size() + 2 <= margin;
        text += fits ? std::string(margin - left.size(), ' ') : "\n" + std::string(margin, ' ');
        append_wrapped(text, option.help, margin);
    }
    if (!syntax.more.empty()) text += "\n" + std::string{syntax.more};
    return text + "\nExample:\n" + std::string{syntax.example};
}

}  // namespace countersign::proxy::commands
