#include "proxy/live/kept_exchange.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace countersign::proxy::live {

// It stands in memory that nobody has filled before, and is copied as a whole.
static_assert(std::is_trivially_default_constructible_v<KeptExchange>);
static_assert(std::is_trivially_copyable_v<KeptExchange>);
static_assert(sizeof(KeptExchange) == 768);

namespace {

/// Of a path so much at most: what stands behind it wants room, too.
constexpr std::size_t kMostOfPath = 320;
constexpr std::size_t kMostOfText = 255;  // a host may be as long

/// Puts the texts of an exchange behind each other.
class Texts {
public:
    explicit Texts(KeptExchange& into) : into_{into}, at_{into.texts.data()} { into.cut = 0; }

    void put(Text which, std::string_view text, std::size_t most = kMostOfText) {
        const auto index = static_cast<std::size_t>(which);
        const auto left = static_cast<std::size_t>(&into_.texts.back() + 1 - at_);
        std::size_t size = text.size();
        if (size > most || size > left) [[unlikely]] {
            size = std::min(most, left);
            into_.cut |= std::uint32_t{1} << index;
        }
        into_.sizes[index] = static_cast<std::uint16_t>(size);
        if (size == 0) return;
        std::memcpy(at_, text.data(), size);
        at_ += size;
    }

private:
    KeptExchange& into_;
    char* at_;
};

}  // namespace

void KeptExchange::keep(const ExchangeRecord& record, std::string_view path) {
    began = record.time.time_since_epoch();
    resolve = record.resolve;
    connect = record.connect;
    handshake = record.handshake;
    wait = record.wait;
    total = record.total;
    bytes_in = record.bytes_in;
    bytes_out = record.bytes_out;
    uid = record.uid ? std::int64_t{*record.uid} : -1;
    status = record.status;
    port = record.port;
    side = record.side;
    tunnel = record.tunnel;
    resumed = record.resumed;
    reused = record.reused;
    // In the order of the enumeration, by which they are found again.
    Texts into{*this};
    into.put(Text::client, record.client);
    into.put(Text::method, record.method, 24);
    into.put(Text::host, record.host);
    into.put(Text::path, path, kMostOfPath);
    into.put(Text::profile, record.profile);
    into.put(Text::error, record.error);
    into.put(Text::cause, record.cause);
    into.put(Text::request_id, record.request_id);
    into.put(Text::trace_id, record.trace_id);
    into.put(Text::listener, record.listener);
    into.put(Text::name, record.name);
    into.put(Text::address, record.address);
    into.put(Text::tls_version, record.tls_version);
    into.put(Text::identity, record.identity);
    into.put(Text::certificate, record.certificate);
    into.put(Text::would_be, record.would_be);
    into.put(Text::issuers, record.issuers);
}

std::string_view KeptExchange::text(Text which) const {
    const auto index = static_cast<std::size_t>(which);
    std::size_t at = 0;
    for (std::size_t before = 0; before < index; ++before) at += sizes[before];
    return {texts.data() + at, sizes[index]};
}

}  // namespace countersign::proxy::live
