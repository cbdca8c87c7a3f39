#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::profiles {

/// As long as a DNS name can be (RFC 1035 2.3.4, without the last dot).
inline constexpr std::size_t kLongestHost = 253;

/// What a profile says of hosts: an exact name or IP literal ("api.partner.example", "192.0.2.7",
/// "::1"), a suffix (one or more labels before it: "*.partner.example"), or any host ("*"). Kept
/// lower-case, without a trailing dot, international names in their xn-- form, IPv6 literals
/// without brackets and in canonical text.
class HostPattern {
public:
    enum class Kind { exact, suffix, any };

    static std::optional<HostPattern> parse(std::string_view text);

    Kind kind() const { return kind_; }
    /// exact: the name. suffix: with its dot, ".partner.example". any: empty.
    const std::string& name() const { return name_; }
    /// `host` as `normalise_host` gives it.
    bool matches(std::string_view host) const;
    std::string to_text() const;

    friend bool operator==(const HostPattern&, const HostPattern&) = default;

private:
    Kind kind_ = Kind::any;
    std::string name_;
};

/// Lower-case, one trailing dot dropped, brackets of an IPv6 literal dropped and the literal
/// canonical. nullopt where it is no host: empty, a character outside letters, digits, '-', '_',
/// '.', an empty label, more than kLongestHost bytes, or another spelling of an IPv4 address than
/// its four decimal numbers ("127.1", "0x7f.0.0.1"), which would slip past the profile of that
/// address. A name with other letters than ASCII's becomes its xn-- form (idna.hpp) before anything
/// is asked.
std::optional<std::string> normalise_host(std::string_view host);

}  // namespace countersign::profiles
