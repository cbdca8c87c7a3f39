#include "profiles/network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace countersign::profiles {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kMappedPrefixBits = 96;

/// inet_pton wants a terminated string; a NUL inside the text would end it early and hide the rest.
template <std::size_t N>
bool parse_family(int family, std::string_view text, std::array<std::uint8_t, N>& bytes) {
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return false;
    std::ranges::copy(text, terminated.begin());
    return inet_pton(family, terminated.data(), bytes.data()) == 1;
}

std::optional<int> parse_prefix(std::string_view text, int longest) {
    int prefix = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, prefix);
    const bool leading_zero = text.size() > 1 && text.front() == '0';
    if (error != std::errc{} || stop != end || leading_zero) return std::nullopt;
    if (prefix < 0 || prefix > longest) return std::nullopt;
    return prefix;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
        text = text.substr(1, text.size() - 2);
        if (text.find(':') == std::string_view::npos) return std::nullopt;
    }

    std::array<std::uint8_t, 4> four{};
    if (parse_family(AF_INET, text, four)) return v4(four);
    std::array<std::uint8_t, 16> sixteen{};
    if (parse_family(AF_INET6, text, sixteen)) return v6(sixteen);
    return std::nullopt;
}

IpAddress IpAddress::v4(std::array<std::uint8_t, 4> bytes) {
    IpAddress address;
    std::ranges::copy(bytes, address.bytes_.begin());
    return address;
}

IpAddress IpAddress::v6(std::array<std::uint8_t, 16> bytes) {
    if (std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin())) {
        return v4({bytes[12], bytes[13], bytes[14], bytes[15]});
    }
    IpAddress address;
    address.bytes_ = bytes;
    address.is_v4_ = false;
    return address;
}

bool IpAddress::is_loopback() const {
    if (is_v4_) return bytes_[0] == 127;
    return std::all_of(bytes_.begin(), bytes_.end() - 1, [](auto byte) { return byte == 0; }) &&
           bytes_.back() == 1;
}

bool IpAddress::is_unspecified() const {
    return std::ranges::all_of(bytes_, [](auto byte) { return byte == 0; });
}

std::string IpAddress::to_text() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(is_v4_ ? AF_INET : AF_INET6, bytes_.data(), text.data(), text.size());
    return text.data();
}

std::optional<Network> Network::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto address_text = text.substr(0, slash);
    const auto base = IpAddress::parse(address_text);
    if (!base) return std::nullopt;

    const bool mapped = base->is_v4() && address_text.find(':') != std::string_view::npos;
    const int longest = base->is_v4() && !mapped ? 32 : 128;
    auto prefix = slash == std::string_view::npos ? std::optional{longest}
                                                  : parse_prefix(text.substr(slash + 1), longest);
    if (!prefix) return std::nullopt;
    // A shorter prefix would leave bits of ::ffff: itself in the host part.
    if (mapped && *prefix < kMappedPrefixBits) return std::nullopt;
    if (mapped) *prefix -= kMappedPrefixBits;

    const auto network = around(*base, *prefix);
    if (network.base_ != *base) return std::nullopt;
    return network;
}

Network Network::around(const IpAddress& address, int prefix) {
    auto bytes = address.bytes();
    for (int bit = prefix; bit < (address.is_v4() ? 32 : 128); ++bit) {
        auto& byte = bytes[static_cast<std::size_t>(bit / 8)];
        byte = static_cast<std::uint8_t>(byte & ~(0x80 >> (bit % 8)));
    }

    Network network;
    network.base_ = address.is_v4() ? IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]})
                                    : IpAddress::v6(bytes);
    network.prefix_ = prefix;
    return network;
}

bool Network::contains(const IpAddress& address) const {
    if (address.is_v4() != base_.is_v4()) return false;
    const auto whole = static_cast<std::ptrdiff_t>(prefix_ / 8);
    const auto& mine = base_.bytes();
    const auto& theirs = address.bytes();
    if (!std::equal(mine.begin(), mine.begin() + whole, theirs.begin())) return false;
    if (prefix_ % 8 == 0) return true;

    const auto index = static_cast<std::size_t>(whole);
    const int mask = 0xff00 >> (prefix_ % 8);
    return ((mine[index] ^ theirs[index]) & mask) == 0;
}

std::string Network::to_text() const { return base_.to_text() + "/" + std::to_string(prefix_); }

}  // namespace countersign::profiles
