#include <array>
#include <charconv>
#include <cstring>
#include <ctime>

#include "proxy/log/access_log.hpp"
#include "proxy/log/json_text.hpp"

namespace countersign::proxy::log {

namespace {

/// Of a line: room for all that is not text, names and numbers included.
constexpr std::size_t kFixedPart = 768;
/// A line of up to this length is made on the stack.
constexpr std::size_t kUsualLine = 4096;

/// Bytes that need no quotes in a line of text.
constexpr std::array<bool, 256> kBare = [] {
    std::array<bool, 256> bare{};
    for (std::size_t byte = '!'; byte < 0x7F; ++byte) {
        bare[byte] = byte != '"' && byte != '\\' && byte != '=';
    }
    return bare;
}();

/// "2026-11-23T14:05:00": made once for all lines of a second.
std::string_view date_and_time(std::time_t second) {
    thread_local std::time_t t_second = -1;
    thread_local std::array<char, 24> t_text;
    thread_local std::size_t t_size = 0;
    if (second != t_second) {
        std::tm parts{};
        ::gmtime_r(&second, &parts);
        t_size = std::strftime(t_text.data(), t_text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
        t_second = second;
    }
    return {t_text.data(), t_size};
}

/// Writes the members of a line into memory that is large enough for them; text and JSON differ in
/// how a member looks. A line is a good part of what an exchange costs, so both are compiled apart.
template <bool kJson>
class LineText {
public:
    explicit LineText(char* at) : at_{at} {}
    char* end() const { return at_; }

    void begin(std::chrono::system_clock::time_point time) {
        if constexpr (kJson) put("{\"time\":\"");
        const auto millis = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
        const auto seconds = std::chrono::floor<std::chrono::seconds>(millis);
        put(date_and_time(static_cast<std::time_t>(seconds.count())));
        const auto fraction = static_cast<unsigned>((millis - seconds).count());
        const std::array<char, 5> digits{
            '.', static_cast<char>('0' + fraction / 100),
            static_cast<char>('0' + fraction / 10 % 10), static_cast<char>('0' + fraction % 10),
            'Z'};
        put({digits.data(), digits.size()});
        if constexpr (kJson) *at_++ = '"';
    }
    void text(std::string_view name, std::string_view value) {
        member(name);
        if constexpr (kJson) {
            quoted(value);
        } else if (value.empty()) {
            *at_++ = '-';
        } else {
            bare_if_possible(value);
        }
    }
    template <class Number>
    void number(std::string_view name, Number value) {
        member(name);
        if (value >= 0 && value < 10) {  // most of them: what did not have to be done took 0 µs
            *at_++ = static_cast<char>('0' + value);
        } else {
            at_ = std::to_chars(at_, at_ + kMaxDigits, value).ptr;
        }
    }
    void flag(std::string_view name, bool value) {
        member(name);
        put(kJson ? (value ? "true" : "false") : (value ? "yes" : "no"));
    }
    void micros(std::string_view name, std::chrono::microseconds value) {
        number(name, value.count());
    }
    void finish() { put(kJson ? "}\n" : "\n"); }

private:
    static constexpr std::size_t kMaxDigits = 20;

    void put(std::string_view bytes) {
        std::memcpy(at_, bytes.data(), bytes.size());
        at_ += bytes.size();
    }
    void member(std::string_view name) {
        put(kJson ? ",\"" : " ");
        put(name);
        put(kJson ? "\":" : "=");
    }
    void quoted(std::string_view value) {
        *at_++ = '"';
        at_ = write_json_text(at_, value);
        *at_++ = '"';
    }
    void bare_if_possible(std::string_view value) {
        char* at = at_;
        for (const char c : value) {
            if (!kBare[static_cast<unsigned char>(c)]) return quoted(value);
            *at++ = c;
        }
        at_ = at;
    }

    char* at_;
};

std::string_view shown_path(std::string_view path, bool query) {
    return query ? path : path.substr(0, path.find('?'));
}

template <bool kJson>
char* write_line(char* at, const ExchangeRecord& record, std::string_view path) {
    LineText<kJson> line{at};
    line.begin(record.time);
    line.text("listener", record.listener);
    line.text("client", record.client);
    if (record.uid) line.number("uid", *record.uid);
    if (!record.name.empty()) line.text("name", record.name);
    line.text("method", record.method);
    line.text("host", record.host);
    line.number("port", record.port);
    line.text("path", path);
    if (!record.address.empty()) line.text("address", record.address);
    line.text("profile", record.profile);
    line.text("identity", record.identity);
    if (!record.fingerprint.empty()) line.text("fingerprint", record.fingerprint);
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
    if (!record.cause.empty()) line.text("cause", record.cause);
    if (!record.certificate.empty()) line.text("certificate", record.certificate);
    if (!record.issuers.empty()) line.text("issuers", record.issuers);
    if (!record.would_be.empty()) line.text("would_be", record.would_be);
    line.finish();
    return line.end();
}

}  // namespace

void append_access_line(
    std::string& out, const ExchangeRecord& record, const profiles::LogRules& rules
) {
    const std::string_view path = shown_path(record.path, rules.query);
    const std::size_t texts =
        record.listener.size() + record.client.size() + record.name.size() + record.method.size() +
        record.host.size() + path.size() + record.address.size() + record.profile.size() +
        record.identity.size() + record.fingerprint.size() + record.tls_version.size() +
        record.error.size() + record.cause.size() + record.certificate.size() +
        record.issuers.size() + record.would_be.size();
    const std::size_t most = kFixedPart + kMaxEscape * texts;
    const auto write =
        rules.format == profiles::LogFormat::json ? &write_line<true> : &write_line<false>;
    if (most <= kUsualLine) {
        // Not filled with zeros first, as hardening would have it: all that is read was written.
        [[gnu::uninitialized]] std::array<char, kUsualLine> line;
        const char* const end = write(line.data(), record, path);
        out.append(line.data(), static_cast<std::size_t>(end - line.data()));
    } else {
        const std::size_t before = out.size();
        out.resize(before + most);
        const char* const end = write(out.data() + before, record, path);
        out.resize(static_cast<std::size_t>(end - out.data()));
    }
}

}  // namespace countersign::proxy::log
