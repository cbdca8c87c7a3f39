#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proxy/exchange_record.hpp"

namespace countersign::proxy::live {

/// The texts of an exchange that are kept.
enum class Text : std::uint8_t {
    client,
    method,
    host,
    path,
    profile,
    error,
    cause,
    request_id,
    trace_id,
    listener,
    name,
    address,
    tls_version,
    identity,
    certificate,
    would_be,
    issuers,
};
inline constexpr std::size_t kTexts = 17;

/// What is kept of an exchange that has ended: copied into memory of one size, so that it costs no
/// allocation. A text that is longer than what there is room for is cut, and says so. Nothing of it
/// is set before `keep`.
struct KeptExchange {
    /// `path`: what may be told of the record's.
    void keep(const ExchangeRecord& record, std::string_view path);

    std::string_view text(Text which) const;
    bool is_cut(Text which) const { return (cut >> static_cast<unsigned>(which) & 1U) != 0; }
    std::chrono::system_clock::time_point time() const {
        return std::chrono::system_clock::time_point{began};
    }
    std::chrono::system_clock::time_point ended() const { return time() + total; }

    std::uint64_t number;                       ///< of the worker's exchanges; the first is 1
    std::chrono::system_clock::duration began;  ///< since 1970; a point in time would be set
    std::chrono::microseconds resolve;
    std::chrono::microseconds connect;
    std::chrono::microseconds handshake;
    std::chrono::microseconds wait;
    std::chrono::microseconds total;
    std::uint64_t bytes_in;
    std::uint64_t bytes_out;
    std::int64_t uid;  ///< below 0: none
    std::uint32_t cut;
    std::uint16_t status;
    std::uint16_t port;
    Side side;
    bool tunnel;
    bool resumed;
    bool reused;
    std::array<std::uint16_t, kTexts> sizes;
    std::array<char, 640> texts;
};

}  // namespace countersign::proxy::live
