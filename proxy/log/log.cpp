#include "proxy/log/log.hpp"

#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <utility>

#include "proxy/log/json_text.hpp"

namespace countersign::proxy {

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

}  // namespace

void set_up_log(const profiles::LogRules& rules) {
    auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>();
    auto logger = std::make_shared<spdlog::logger>("countersign", std::move(sink));
    logger->set_level(to_spdlog(rules.level));
    logger->flush_on(spdlog::level::trace);
    logger->set_pattern(
        rules.format == profiles::LogFormat::json
            ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":"%v"})"
            : "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v",
        spdlog::pattern_time_type::utc
    );
    spdlog::set_default_logger(std::move(logger));
}

void write_log(profiles::LogLevel level, std::string_view text) {
    std::string escaped;
    append_json_text(escaped, text);
    spdlog::default_logger_raw()->log(to_spdlog(level), escaped);
}

void log_escaped(std::string_view what, std::exception_ptr error) {
    try {
        std::rethrow_exception(std::move(error));
    } catch (const std::exception& exception) {
        log_error("{} ended by an exception, which is a bug: {}", what, exception.what());
    } catch (...) {
        log_error("{} ended by an unknown exception, which is a bug", what);
    }
}

void write_log(profiles::LogLevel level, fmt::string_view format, fmt::format_args args) {
    write_log(level, fmt::vformat(format, args));
}

}  // namespace countersign::proxy
