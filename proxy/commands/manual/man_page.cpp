#include "proxy/commands/manual/man_page.hpp"

#include <algorithm>
#include <cctype>

#include "proxy/commands/command_table.hpp"
#include "proxy/commands/manual/troff.hpp"

namespace countersign::proxy::commands {

namespace {

constexpr std::string_view kProgramsOwn =
    R"(.SH CONFIGURATION
One YAML file, or a directory whose *.yaml files are read as one document.
Without \fB\-c\fR it is \fI./countersign.yaml\fR, or else the directory \fI/etc/countersign\fR.
\fBcountersign schema\fR prints its JSON Schema; every key is explained in README.md.
.SH SIGNALS
.TP
.B SIGHUP
reads the configuration and all key material again: it takes effect as a whole, or not at all
.TP
.BR SIGTERM ", " SIGINT ", " SIGQUIT ", " SIGALRM
drain and stop; a second one stops at once
.TP
.B SIGUSR1
opens the access log again, after its file was moved away
.SH ASKING A PROXY THAT RUNS
At \fBadmin.address\fR, 127.0.0.1:9901 unless the configuration says otherwise, it tells its health,
metrics and status over HTTP. \fBcountersign health\fR, \fBstatus\fR, \fBreload\fR, \fBdrain\fR and
\fBquit\fR ask there.
.SH EXIT STATUS
.TP
.B 0
all is well
.TP
.B 1
a problem was found and printed
.TP
.B 2
wrong usage
.SH FILES
.TP
.I /etc/countersign
the configuration, where none is named and the working directory has none
)";

std::string full_name(std::string_view command) {
    return command.empty() ? "countersign" : "countersign " + std::string{command};
}

std::string head(const CommandSyntax& syntax, const Edition& edition) {
    std::string title = page_name(syntax.name);
    std::ranges::transform(title, title.begin(), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
    });
    return ".\\\" Made by `countersign man`, of what the program understands.\n.TH " +
           troff(title) + " 1 " + std::string{edition.date} + " \"Countersign " +
           std::string{edition.version} + "\" \"Countersign\"\n.nh\n.ad l\n";
}

/// "STORE --alias NAME": options in bold, what stands for something else in italics.
std::string form(std::string_view words) {
    std::string text;
    while (!words.empty()) {
        const std::string_view word = words.substr(0, words.find(' '));
        words.remove_prefix(std::min(word.size() + 1, words.size()));
        text += ' ';
        text += word.starts_with('-') ? troff_bold(word) : troff_italic(word);
    }
    return text;
}

std::string options_of(const CommandSyntax& syntax) {
    std::string text = ".SH OPTIONS\n";
    for (const OptionSyntax& option : all_options(syntax)) {
        text += ".TP\n";
        bool first = true;
        for (const std::string_view name : names_of(option)) {
            if (!first) text += ", ";
            first = false;
            text += troff_bold(name);
        }
        if (!option.value.empty()) text += ' ' + troff_italic(option.value);
        text += '\n' + troff(option.help) + '\n';
    }
    return text;
}

/// The lines below a command's help flow as a paragraph; those with a margin stay as they are.
std::string paragraph(std::string_view lines) {
    std::string text = lines.empty() ? "" : ".PP\n";
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        if (line.starts_with(' ')) {
            text += troff_example(line);
        } else {
            text += line.empty() ? ".PP\n" : troff(line) + '\n';
        }
    }
    return text;
}

std::string commands_of(const std::vector<const CommandSyntax*>& commands) {
    std::string text = commands.empty() ? "" : ".SH COMMANDS\n";
    for (const CommandSyntax* one : commands) {
        text +=
            ".TP\n" + troff_bold(page_name(one->name)) + "(1)\n" + troff(summary_of(*one)) + '\n';
    }
    return text;
}

/// The page above, and the pages beside.
std::string see_also(const std::vector<CommandSyntax>& table, const CommandSyntax& syntax) {
    if (syntax.name.empty()) return {};
    const std::size_t blank = syntax.name.rfind(' ');
    const std::string above = blank == std::string::npos ? "" : syntax.name.substr(0, blank);
    std::vector<std::string> names{page_name(above)};
    for (const CommandSyntax* one : subcommands(table, above)) {
        if (one->name != syntax.name) names.push_back(page_name(one->name));
    }
    std::string text = ".SH SEE ALSO\n";
    for (const std::string& name : names) {
        text += troff_bold(name) + (&name == &names.back() ? "(1)\n" : "(1),\n");
    }
    return text;
}

void append_wrapped(std::string& out, std::string_view line) {
    constexpr std::size_t kWidth = 78;
    std::size_t column = 0;
    while (!line.empty()) {
        const std::string_view word = line.substr(0, line.find(' '));
        line.remove_prefix(std::min(word.size() + 1, line.size()));
        if (column > 0) {
            const bool fits = column + 1 + word.size() <= kWidth;
            column = fits ? column + 1 : 0;
            out += fits ? ' ' : '\n';
        }
        if (column == 0 && word.starts_with('.')) out += "\\&";
        out += word;
        column += word.size();
    }
    out += '\n';
}

/// Short lines where they may be broken: not in examples, and not what a .TP hangs.
std::string wrapped(std::string_view page) {
    std::string out;
    bool example = false;
    bool hangs = false;
    while (!page.empty()) {
        const std::string_view line = page.substr(0, page.find('\n'));
        page.remove_prefix(line.size() + 1);
        if (line == ".EX" || line == ".EE") example = line == ".EX";
        if (example || hangs || line.starts_with('.') || line.starts_with("\\&")) {
            out += line;
            out += '\n';
        } else {
            append_wrapped(out, line);
        }
        hangs = line == ".TP";
    }
    return out;
}

}  // namespace

std::string page_name(std::string_view command) {
    std::string name = full_name(command);
    std::ranges::replace(name, ' ', '-');
    return name;
}

std::string man_page(
    const std::vector<CommandSyntax>& table, const CommandSyntax& syntax, const Edition& edition
) {
    std::string text = head(syntax, edition);
    text += ".SH NAME\n" + troff(page_name(syntax.name)) + " \\- " + troff(summary_of(syntax)) +
            "\n.SH SYNOPSIS\n" + troff_bold(full_name(syntax.name)) + form(syntax.words) + " [" +
            troff_italic("OPTIONS") + "]\n.SH DESCRIPTION\n" + troff(syntax.about) + '\n';
    text += paragraph(syntax.more);
    text += commands_of(subcommands(table, syntax.name));
    text += options_of(syntax);
    if (syntax.name.empty()) text += kProgramsOwn;
    text += ".SH EXAMPLES\n" + troff_example(syntax.example);
    return wrapped(text + see_also(table, syntax));
}

}  // namespace countersign::proxy::commands
