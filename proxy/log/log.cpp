#include "proxy/log/log.hpp"

#include <fcntl.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/log/json_text.hpp"
#include "proxy/log/line_writer.hpp"

namespace countersign::proxy::log {

namespace {

spdlog::level::level_enum to_spdlog(profiles::LogLevel level) {
    switch (level) {
        case profiles::LogLevel::debug:
            return spdlog::level::debug;
        case profiles::LogLevel::info:
            return spdlog::level::info;
        case profiles::LogLevel::warning:
            return spdlog::level::warn;
        case profiles::LogLevel::error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

/// Of the level's name, on a terminal.
std::string_view colour_of(spdlog::level::level_enum level) {
    switch (level) {
        case spdlog::level::err:
            return "\033[1;31m";
        case spdlog::level::warn:
            return "\033[33m";
        default:
            return "\033[32m";
    }
}
constexpr std::string_view kNoColour = "\033[m";

std::atomic<bool> writes_json = false;
std::atomic<profiles::LogLevel> level_now = profiles::LogLevel::info;

}  // namespace

/// spdlog's own sinks write where they are called, and a full pipe holds them up for good.
class ProgramLog::Sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    std::uint64_t dropped_bytes() const { return writer_.dropped_bytes(); }

private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        text_.clear();
        formatter_->format(message, text_);
        const std::string_view line{text_.data(), text_.size()};
        if (!coloured_ || message.color_range_end <= message.color_range_start) {
            writer_.add(line);
            return;
        }
        std::string coloured{line.substr(0, message.color_range_start)};
        coloured += colour_of(message.level);
        coloured += line.substr(
            message.color_range_start, message.color_range_end - message.color_range_start
        );
        coloured += kNoColour;
        coloured += line.substr(message.color_range_end);
        writer_.add(coloured);
    }
    void flush_() override {}

    const bool coloured_ = ::isatty(STDERR_FILENO) == 1;
    spdlog::memory_buf_t text_;
    LineWriter writer_{net::UniqueFd{::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)}};
};

ProgramLog::ProgramLog() : sink_{std::make_shared<Sink>()} {
    auto logger = std::make_shared<spdlog::logger>("countersign", sink_);
    spdlog::set_default_logger(std::move(logger));
    follow({});
}

ProgramLog::~ProgramLog() {
    // What the old one has still is written when its sink goes.
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(
        "countersign", std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>()
    ));
}

std::uint64_t ProgramLog::dropped_bytes() const { return sink_->dropped_bytes(); }

void ProgramLog::follow(const profiles::LogRules& rules) {
    writes_json = rules.format == profiles::LogFormat::json;
    set_level(rules.level);
    spdlog::set_pattern(
        rules.format == profiles::LogFormat::json
            ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":"%v"})"
            : "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v",
        spdlog::pattern_time_type::utc
    );
}

void set_level(profiles::LogLevel level) {
    level_now = level;
    spdlog::set_level(to_spdlog(level));
}

profiles::LogLevel level() { return level_now; }

bool tells(profiles::LogLevel level) { return level >= level_now.load(std::memory_order_relaxed); }

void write(profiles::LogLevel level, std::string_view text) {
    std::string escaped;
    if (!writes_json) {
        // Nothing stands in quotes in a line of text: those of a sentence are as they are.
        for (auto quote = text.find('"'); quote != std::string_view::npos; quote = text.find('"')) {
            append_json_text(escaped, text.substr(0, quote));
            escaped += '"';
            text.remove_prefix(quote + 1);
        }
    }
    append_json_text(escaped, text);
    spdlog::default_logger_raw()->log(to_spdlog(level), escaped);
}

void escaped(std::string_view what, std::exception_ptr thrown) {
    try {
        std::rethrow_exception(std::move(thrown));
    } catch (const std::exception& exception) {
        error("{} ended by an exception, which is a bug: {}", what, exception.what());
    } catch (...) {
        error("{} ended by an unknown exception, which is a bug", what);
    }
}

void write(profiles::LogLevel level, fmt::string_view format, fmt::format_args args) {
    write(level, fmt::vformat(format, args));
}

}  // namespace countersign::proxy::log
