#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::profiles {

/// An IP address; an IPv4-mapped IPv6 address (::ffff:a.b.c.d) is its IPv4 address.
class IpAddress {
public:
    /// "192.0.2.1", "2001:db8::1", "[::1]"
    static std::optional<IpAddress> parse(std::string_view text);
    static IpAddress v4(std::array<std::uint8_t, 4> bytes);
    static IpAddress v6(std::array<std::uint8_t, 16> bytes);

    bool is_v4() const { return is_v4_; }
    const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }  ///< IPv4: the first four
    bool is_loopback() const;
    bool is_unspecified() const;
    std::string to_text() const;

    friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
    bool is_v4_ = true;
};

/// A network in CIDR form; "127.0.0.1" alone is a /32, "::1" a /128. Host bits that are set are a
/// problem. "::/0" holds no IPv4 address, "::ffff:0:0/96" is "0.0.0.0/0".
class Network {
public:
    static std::optional<Network> parse(std::string_view text);
    /// The network of that prefix length which holds `address`; `prefix` is at most 32 or 128.
    static Network around(const IpAddress& address, int prefix);

    bool contains(const IpAddress& address) const;
    const IpAddress& base() const { return base_; }
    int prefix() const { return prefix_; }
    std::string to_text() const;

    friend bool operator==(const Network&, const Network&) = default;

private:
    IpAddress base_;
    int prefix_ = 32;
};

}  // namespace countersign::profiles
