#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::proxy::commands {

/// One option of a command.
struct OptionSyntax {
    /// Given what stands behind the option, and nothing for one without a value. Nullopt: taken;
    /// else what is wrong with it, to follow the option's name.
    using Take = std::function<std::optional<std::string>(const std::string& value)>;

    std::string names;  ///< "-c,--config"
    std::string value;  ///< "PATH"; empty: nothing stands behind it
    std::string_view help;
    Take take;
};

/// "-c,--config" → {"-c", "--config"}.
std::vector<std::string_view> names_of(const OptionSyntax& option);

/// What one command understands: its help is made of the same lines by which its arguments are
/// read.
struct CommandSyntax {
    std::string name;        ///< "run", "keystore list"
    std::string_view words;  ///< what it is given beside options: "URL", "STORE FILE…"
    std::string_view about;
    std::vector<OptionSyntax> options;
    std::string_view more;  ///< below the options; with a line end
    std::string_view example;
};

/// A command's arguments, read.
struct ReadArguments {
    bool help = false;               ///< it is asked for; nothing else was looked at
    std::vector<std::string> words;  ///< what is no option, in order
    std::string unknown;             ///< the name of an option that the command does not have
    std::string error;               ///< empty: all is well, and every option was taken
};

/// Reads them with CLI11: `--name VALUE`, `--name=VALUE`, `-n VALUE`, `-nVALUE`; behind `--` there
/// are words only. Of an option that is not known no more than the name is ever repeated.
ReadArguments read_arguments(
    const CommandSyntax& syntax, const std::vector<std::string_view>& arguments
);

/// Form, purpose, options and one example.
std::string help_text(const CommandSyntax& syntax);

/// What follows the name of something that is not known: "; did you mean '--config'? `countersign
/// run --help` lists what there is". `command`: empty: the program itself.
std::string instead_of(
    std::string_view word, const std::vector<std::string_view>& known, std::string_view command
);
/// "`countersign run --help` lists what there is".
std::string where_help_is(std::string_view command);

}  // namespace countersign::proxy::commands
