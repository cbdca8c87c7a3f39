#include "proxy/exchange/exchange_ids.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>

#include "certs/text/ascii.hpp"

namespace countersign::proxy::exchange {

namespace {

/// Bytes of a UUID, up to the next dash.
constexpr std::array<std::size_t, 5> kGroups = {4, 2, 2, 2, 6};

char* put(char* at, std::string_view text) { return std::ranges::copy(text, at).out; }

char* put_byte(char* at, std::uint8_t byte) {
    *at++ = certs::kHexDigits[byte >> 4];
    *at++ = certs::kHexDigits[byte & 0x0F];
    return at;
}

std::uint8_t byte_of(std::uint64_t number, std::size_t i) {
    return static_cast<std::uint8_t>(number >> (8 * i));
}

/// 16 digits.
char* put_number(char* at, std::uint64_t number) {
    for (std::size_t i = 0; i < sizeof number; ++i) at = put_byte(at, byte_of(number, i));
    return at;
}

/// An id of all zeros is none.
std::uint64_t some(IdSource& source) { return source.next() | 1; }

}  // namespace

IdSource::IdSource() {
    std::random_device device;
    std::array<std::random_device::result_type, 8> words;
    std::ranges::generate(words, std::ref(device));
    std::seed_seq seed(words.begin(), words.end());
    numbers_.seed(seed);
}

void ExchangeIds::take(const http::Head& head) {
    if (http::is_request_id(head.request_id)) {
        request_size_ = static_cast<std::uint8_t>(head.request_id.size());
        put(request_.data(), head.request_id);
    }
    if (head.trace_parent.empty()) return;
    const std::optional<http::TraceParent> trace = http::read_trace_parent(head.trace_parent);
    if (!trace) return;
    has_trace_ = true;
    put(trace_.data(), head.trace_parent.substr(0, trace_.size()));
}

/// A UUID, version 4.
void ExchangeIds::make_request_id(IdSource& source) {
    constexpr std::uint8_t kVersion = 0x40;
    constexpr std::uint8_t kVariant = 0x80;
    std::array<std::uint8_t, 16> bytes;
    const std::array<std::uint64_t, 2> numbers{source.next(), source.next()};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = byte_of(numbers[i / 8], i % 8);
    bytes[6] = kVersion | (bytes[6] & 0x0F);
    bytes[8] = kVariant | (bytes[8] & 0x3F);
    char* at = request_.data();
    const std::uint8_t* byte = bytes.data();
    for (const std::size_t group : kGroups) {
        if (byte != bytes.data()) *at++ = '-';
        for (const std::uint8_t* const end = byte + group; byte != end; ++byte)
            at = put_byte(at, *byte);
    }
    request_size_ = static_cast<std::uint8_t>(at - request_.data());
}

/// "01": it is recorded, by the access log. Who is asked to make nothing of it ("00") would, by the
/// usual rule, leave out what it recorded before there was a trace.
void ExchangeIds::make_trace(IdSource& source) {
    char* at = put(trace_.data(), "00-");
    at = put_number(put_number(at, source.next()), some(source));
    *at++ = '-';
    put(put_number(at, some(source)), "-01");
    has_trace_ = true;
}

void ExchangeIds::tell(ExchangeRecord& record) const {
    record.request_id = request_id();
    const http::TraceParent parts = trace();
    record.trace_id = parts.trace_id;
    record.span_id = parts.span_id;
    record.trace_flags = parts.flags;
}

http::TraceParent ExchangeIds::trace() const {
    if (!has_trace_) return {};
    return http::read_trace_parent(trace_parent()).value_or(http::TraceParent{});
}

}  // namespace countersign::proxy::exchange
