#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>

#include "proxy/access_log.hpp"
#include "proxy/json_text.hpp"

namespace countersign::proxy {

namespace {

template <class Number>
void append_number(std::string& out, Number number) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

/// "2026-11-23T14:05:00.123Z". The date and time of a second are made once for all its lines.
void append_time(std::string& out, std::chrono::system_clock::time_point time) {
    thread_local std::time_t t_second = -1;
    thread_local std::array<char, 24> t_text;
    const auto since = time.time_since_epoch();
    const std::time_t second = std::chrono::duration_cast<std::chrono::seconds>(since).count();
    if (second != t_second) {
        std::tm parts{};
        ::gmtime_r(&second, &parts);
        std::strftime(t_text.data(), t_text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
        t_second = second;
    }
    out += t_text.data();
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(since).count() % 1000;
    const std::array<char, 5> fraction{
        '.', static_cast<char>('0' + millis / 100), static_cast<char>('0' + millis / 10 % 10),
        static_cast<char>('0' + millis % 10), 'Z'};
    out.append(fraction.data(), fraction.size());
}

/// Writes the members of a line; text and JSON differ in how a member looks.
class LineWriter {
public:
    LineWriter(std::string& out, bool json) : out_{out}, json_{json} {}

    void text(std::string_view name, std::string_view value) {
        begin(name);
        if (json_ || needs_quotes(value)) {
            out_ += '"';
            append_json_text(out_, value);
            out_ += '"';
        } else if (value.empty()) {
            out_ += '-';
        } else {
            out_ += value;
        }
    }
    template <class Number>
    void number(std::string_view name, Number value) {
        begin(name);
        append_number(out_, value);
    }
    void flag(std::string_view name, bool value) {
        begin(name);
        out_ += json_ ? (value ? "true" : "false") : (value ? "yes" : "no");
    }
    void micros(std::string_view name, std::chrono::microseconds value) {
        number(name, value.count());
    }

private:
    static bool needs_quotes(std::string_view value) {
        for (const char c : value) {
            if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\\' || c == '=' ||
                static_cast<unsigned char>(c) >= 0x7F) {
                return true;
            }
        }
        return false;
    }
    void begin(std::string_view name) {
        if (json_) {
            out_ += ",\"";
            out_ += name;
            out_ += "\":";
        } else {
            out_ += ' ';
            out_ += name;
            out_ += '=';
        }
    }

    std::string& out_;
    bool json_;
};

std::string_view shown_path(std::string_view path, bool query) {
    return query ? path : path.substr(0, path.find('?'));
}

}  // namespace

void append_access_line(
    std::string& out, const AccessRecord& record, const profiles::LogRules& rules
) {
    const bool json = rules.format == profiles::LogFormat::json;
    if (json) out += "{\"time\":\"";
    append_time(out, record.time);
    if (json) out += '"';
    LineWriter line{out, json};
    line.text("client", record.client);
    line.text("method", record.method);
    line.text("host", record.host);
    line.number("port", record.port);
    line.text("path", shown_path(record.path, rules.query));
    line.text("profile", record.profile);
    line.text("identity", record.identity);
    line.text("tls", record.tls_version);
    line.flag("resumed", record.resumed);
    line.flag("reused", record.reused);
    line.number("status", record.status);
    line.number("bytes_in", record.bytes_in);
    line.number("bytes_out", record.bytes_out);
    line.micros("resolve_us", record.resolve);
    line.micros("connect_us", record.connect);
    line.micros("handshake_us", record.handshake);
    line.micros("wait_us", record.wait);
    line.micros("total_us", record.total);
    line.text("error", record.error);
    if (!record.would_be.empty()) line.text("would_be", record.would_be);
    out += json ? "}\n" : "\n";
}

}  // namespace countersign::proxy
