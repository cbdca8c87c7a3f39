#pragma once

#include <spdlog/fmt/fmt.h>

#include <cstdint>
#include <exception>
#include <memory>
#include <string_view>

#include "profiles/configuration.hpp"

namespace countersign::proxy::log {

/// The program's own log, on stderr, for as long as this lives: what happened to the proxy as a
/// whole. Lines of exchanges are the access log's. Text that came from outside is escaped. A line
/// is written by a thread of its own (`LineWriter`): nobody waits for who reads stderr. One at a
/// time; before and after it lines are written by who has them.
class ProgramLog {
public:
    ProgramLog();
    ~ProgramLog();
    ProgramLog(const ProgramLog&) = delete;
    ProgramLog& operator=(const ProgramLog&) = delete;

    /// Level and format.
    void follow(const profiles::LogRules& rules);
    /// What of it could not be written since it began, because nobody read stderr.
    std::uint64_t dropped_bytes() const;

private:
    class Sink;
    std::shared_ptr<Sink> sink_;
};

void write(profiles::LogLevel level, std::string_view text);
/// `args` are those that `format` names: the functions below check it while compiling.
void write(profiles::LogLevel level, fmt::string_view format, fmt::format_args args);

/// What escaped from a task, which is a bug: "a session ended by an exception …".
void escaped(std::string_view what, std::exception_ptr thrown);

/// From now on lines of that level and above are written, whatever the rules said. Any thread.
void set_level(profiles::LogLevel level);
profiles::LogLevel level();
/// Whether lines of that level are written: for what is dear to make.
bool tells(profiles::LogLevel level);

template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
    if (tells(profiles::LogLevel::debug)) {
        write(profiles::LogLevel::debug, format, fmt::make_format_args(args...));
    }
}
template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
    write(profiles::LogLevel::info, format, fmt::make_format_args(args...));
}
template <class... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
    write(profiles::LogLevel::warning, format, fmt::make_format_args(args...));
}
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
    write(profiles::LogLevel::error, format, fmt::make_format_args(args...));
}

}  // namespace countersign::proxy::log
