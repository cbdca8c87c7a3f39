#include <array>
#include <charconv>
#include <cstring>
#include <ctime>

#include "certs/text/ascii.hpp"
#include "proxy/log/access_log.hpp"
#include "proxy/log/json_text.hpp"
#include "proxy/log/shown_path.hpp"

namespace countersign::proxy::log {

namespace {

/// Of a line: room for all that is not text, names and numbers included.
constexpr std::size_t kFixedPart = 1536;
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

/// A member's name in a line of text, and in one of JSON: there it is OpenTelemetry's, and begins
/// with "countersign." where that has none.
struct Name {
    std::string_view text;
    std::string_view json;
};
constexpr Name kListener{"listener", "countersign.listener"};
constexpr Name kUid{"uid", "countersign.client.uid"};
constexpr Name kClientName{"name", "countersign.client.name"};
constexpr Name kMethod{"method", "http.request.method"};
constexpr Name kHost{"host", "server.address"};
constexpr Name kPort{"port", "server.port"};
constexpr Name kPath{"path", "url.path"};
constexpr Name kProfile{"profile", "countersign.profile"};
constexpr Name kIdentity{"identity", "tls.client.subject"};
constexpr Name kFingerprint{"fingerprint", "tls.client.hash.sha256"};
constexpr Name kTls{"tls", "tls.protocol.version"};
constexpr Name kResumed{"resumed", "tls.resumed"};
constexpr Name kReused{"reused", "countersign.connection.reused"};
constexpr Name kStatus{"status", "http.response.status_code"};
constexpr Name kBytesIn{"bytes_in", "http.request.body.size"};
constexpr Name kBytesOut{"bytes_out", "http.response.size"};
constexpr Name kResolve{"resolve_us", "countersign.resolve_us"};
constexpr Name kConnect{"connect_us", "countersign.connect_us"};
constexpr Name kHandshake{"handshake_us", "countersign.handshake_us"};
constexpr Name kWait{"wait_us", "countersign.wait_us"};
constexpr Name kTotal{"total_us", "countersign.total_us"};
constexpr Name kError{"error", "error.type"};
constexpr Name kSide{"side", "countersign.side"};
constexpr Name kCause{"cause", "error.message"};
constexpr Name kCertificate{"certificate", "countersign.certificate"};
constexpr Name kIssuers{"issuers", "countersign.certificate_issuers"};
constexpr Name kWouldBe{"would_be", "countersign.would_be"};
constexpr Name kRequestId{"request_id", "countersign.request_id"};
constexpr Name kTraceId{"trace_id", "trace_id"};
constexpr Name kSpanId{"span_id", "span_id"};
constexpr Name kTraceFlags{"trace_flags", "trace_flags"};

/// One of two, which text has as one word and JSON apart.
struct AddressName {
    std::string_view text;
    std::string_view json;  ///< of the address
    std::string_view port;
};
constexpr AddressName kClient{"client", "client.address", "client.port"};
constexpr AddressName kAddress{"address", "network.peer.address", "network.peer.port"};

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
    /// What is not known is "-" in text, and left out in JSON.
    void text(const Name& name, std::string_view value) {
        if constexpr (kJson) {
            if (!value.empty()) quoted_member(name.json, value);
        } else {
            member(name.text);
            if (value.empty()) {
                *at_++ = '-';
            } else {
                bare_if_possible(value);
            }
        }
    }
    void text_if_any(const Name& name, std::string_view value) {
        if (!value.empty()) text(name, value);
    }
    /// "127.0.0.1:443", "[::1]:443", "unix"
    void address(const AddressName& name, std::string_view value) {
        if constexpr (!kJson) return text({name.text, {}}, value);
        if (value.empty()) return;
        const std::size_t colon = value.rfind(':');
        if (colon == value.npos) return quoted_member(name.json, value);
        std::string_view address = value.substr(0, colon);
        if (address.starts_with('[') && address.ends_with(']')) {
            address = address.substr(1, address.size() - 2);
        }
        quoted_member(name.json, address);
        member(name.port);
        put(value.substr(colon + 1));
    }
    /// "/orders?customer=7"
    void path(std::string_view value) {
        if constexpr (!kJson) return text(kPath, value);
        const std::size_t mark = value.find('?');
        text(kPath, value.substr(0, mark));
        if (mark != value.npos) quoted_member("url.query", value.substr(mark + 1));
    }
    void fingerprint(std::string_view value) {
        if constexpr (!kJson) return text_if_any(kFingerprint, value);
        if (value.empty()) return;
        member(kFingerprint.json);
        char* at = at_;
        quoted(value);
        for (; at != at_; ++at) *at = certs::to_upper(*at);
    }
    /// "TLSv1.3"
    void tls_version(std::string_view value) {
        if (kJson && value.starts_with("TLSv")) value.remove_prefix(4);
        text(kTls, value);
    }
    template <class Number>
    void number(const Name& name, Number value) {
        member(kJson ? name.json : name.text);
        if (value >= 0 && value < 10) {  // most of them: what did not have to be done took 0 µs
            *at_++ = static_cast<char>('0' + value);
        } else {
            at_ = std::to_chars(at_, at_ + kMaxDigits, value).ptr;
        }
    }
    /// 0 is none.
    template <class Number>
    void number_if_any(const Name& name, Number value) {
        if (!kJson || value != 0) number(name, value);
    }
    void flag(const Name& name, bool value) {
        member(kJson ? name.json : name.text);
        put(kJson ? (value ? "true" : "false") : (value ? "yes" : "no"));
    }
    void micros(const Name& name, std::chrono::microseconds value) { number(name, value.count()); }
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
    void quoted_member(std::string_view name, std::string_view value) {
        member(name);
        quoted(value);
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

template <bool kJson>
char* write_line(char* at, const ExchangeRecord& record, std::string_view path) {
    LineText<kJson> line{at};
    line.begin(record.time);
    line.text(kListener, record.listener);
    line.address(kClient, record.client);
    if (record.uid) line.number(kUid, *record.uid);
    line.text_if_any(kClientName, record.name);
    line.text(kMethod, record.method);
    line.text(kHost, record.host);
    line.number_if_any(kPort, record.port);
    line.path(path);
    if (!record.address.empty()) line.address(kAddress, record.address);
    line.text(kProfile, record.profile);
    line.text(kIdentity, record.identity);
    line.fingerprint(record.fingerprint);
    line.tls_version(record.tls_version);
    line.flag(kResumed, record.resumed);
    line.flag(kReused, record.reused);
    line.number_if_any(kStatus, record.status);
    line.number(kBytesIn, record.bytes_in);
    line.number(kBytesOut, record.bytes_out);
    line.micros(kResolve, record.resolve);
    line.micros(kConnect, record.connect);
    line.micros(kHandshake, record.handshake);
    line.micros(kWait, record.wait);
    line.micros(kTotal, record.total);
    line.text(kError, record.error);
    if (!record.error.empty()) line.text(kSide, certs::word_for(kSides, record.side));
    line.text_if_any(kCause, record.cause);
    line.text_if_any(kCertificate, record.certificate);
    line.text_if_any(kIssuers, record.issuers);
    line.text_if_any(kWouldBe, record.would_be);
    line.text_if_any(kRequestId, record.request_id);
    line.text_if_any(kTraceId, record.trace_id);
    line.text_if_any(kSpanId, record.span_id);
    line.text_if_any(kTraceFlags, record.trace_flags);
    line.finish();
    return line.end();
}

}  // namespace

void append_access_line(
    std::string& out, const ExchangeRecord& record, const profiles::LogRules& rules
) {
    const std::string_view path = shown_path(record.path, rules);
    const std::size_t texts =
        record.listener.size() + record.client.size() + record.name.size() + record.method.size() +
        record.host.size() + path.size() + record.address.size() + record.profile.size() +
        record.identity.size() + record.fingerprint.size() + record.tls_version.size() +
        record.error.size() + record.cause.size() + record.certificate.size() +
        record.issuers.size() + record.would_be.size() + record.request_id.size() +
        record.trace_id.size() + record.span_id.size() + record.trace_flags.size();
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
