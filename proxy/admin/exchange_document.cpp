#include "proxy/admin/exchange_document.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "certs/certificate.hpp"
#include "certs/text/ascii.hpp"
#include "certs/text/word.hpp"
#include "profiles/authority.hpp"
#include "proxy/admin/json_document.hpp"

namespace countersign::proxy::admin {

namespace {

namespace json = boost::json;
using live::KeptExchange;
using live::Text;

constexpr std::string_view kCut = "...";

/// "2026-11-23 14:05:00.250 UTC"
std::string moment_text(std::chrono::system_clock::time_point time) {
    const auto millis = std::chrono::floor<std::chrono::milliseconds>(time);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(millis);
    std::array<char, 8> fraction{};
    std::snprintf(
        fraction.data(), fraction.size(), ".%03d", static_cast<int>((millis - seconds).count())
    );
    std::string text = certs::to_text(seconds);
    return text.insert(text.rfind(' '), fraction.data());
}

json::value text_or_null(const KeptExchange& line, Text which) {
    const std::string_view text = line.text(which);
    if (text.empty()) return nullptr;
    return json_text(line.is_cut(which) ? std::string{text} += kCut : std::string{text});
}

/// As `exchange/answer` writes a step for the client.
json::array step_lines(const Account& account) {
    json::array lines;
    std::string_view step;
    for (const AccountLine& line : account) {
        if (!line.name.empty()) step = line.name;
        const std::size_t begin = line.text.find_first_not_of(' ');
        const std::string_view text = line.text;
        lines.emplace_back(
            json_text(std::string{step} + ": " += text.substr(std::min(begin, text.size())))
        );
    }
    return lines;
}

}  // namespace

std::string url_text(const KeptExchange& line) {
    std::string url;
    if (const std::string_view host = line.text(Text::host); !host.empty()) {
        const bool connects = line.text(Text::method) == "CONNECT";
        if (!connects) url = "http://";
        url += profiles::authority_text(host, line.port).view();
        if (connects) return url;
    }
    for (const char c : line.text(Text::path)) {
        if (c > ' ' && c < '\x7F') {
            url += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        url +=
            {'%', certs::to_upper(certs::kHexDigits[byte >> 4U]),
             certs::to_upper(certs::kHexDigits[byte & 0x0FU])};
    }
    if (line.is_cut(Text::path)) url += kCut;
    return url;
}

json::object exchange_object(const KeptExchange& line, std::uint64_t number) {
    const bool failed = !line.text(Text::error).empty();
    return {
        {"number", number},
        {"time", json_text(moment_text(line.time()))},
        {"listener", text_or_null(line, Text::listener)},
        {"client", text_or_null(line, Text::client)},
        {"uid", line.uid < 0 ? json::value(nullptr) : json::value(line.uid)},
        {"name", text_or_null(line, Text::name)},
        {"method", text_or_null(line, Text::method)},
        {"url", json_text(url_text(line))},
        {"profile", text_or_null(line, Text::profile)},
        {"identity", text_or_null(line, Text::identity)},
        {"address", text_or_null(line, Text::address)},
        {"tls", text_or_null(line, Text::tls_version)},
        {"resumed", line.resumed},
        {"reused", line.reused},
        {"tunnel", line.tunnel},
        {"status", line.status == 0 ? json::value(nullptr) : json::value(line.status)},
        {"bytes_in", line.bytes_in},
        {"bytes_out", line.bytes_out},
        {"resolve_us", line.resolve.count()},
        {"connect_us", line.connect.count()},
        {"handshake_us", line.handshake.count()},
        {"wait_us", line.wait.count()},
        {"total_us", line.total.count()},
        {"certificate", text_or_null(line, Text::certificate)},
        {"issuers", text_or_null(line, Text::issuers)},
        {"request_id", text_or_null(line, Text::request_id)},
        {"trace_id", text_or_null(line, Text::trace_id)},
        {"would_be", text_or_null(line, Text::would_be)},
        {"error", text_or_null(line, Text::error)},
        {"side", failed ? json::value(json_text(certs::word_for(kSides, line.side)))
                        : json::value(nullptr)},
        {"cause", text_or_null(line, Text::cause)},
    };
}

json::object report_object(const live::FailedExchange& failed) {
    return {
        {"stage", json_text(failed.stage)},
        {"detail", json_text(failed.reason)},
        {"remedy", json_text(failed.remedy)},
        {"steps", failed.account ? step_lines(*failed.account) : json::array{}},
    };
}

}  // namespace countersign::proxy::admin
