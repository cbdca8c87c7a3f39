#include "profiles/host_pattern.hpp"

#include <algorithm>

#include "certs/text/ascii.hpp"
#include "profiles/idna.hpp"
#include "profiles/network.hpp"

namespace countersign::profiles {
namespace {

bool is_hex_digit(char c) { return certs::hex_value(c) >= 0; }

bool is_host_character(char c) {
    return certs::is_lower_case(c) || certs::is_digit(c) || c == '-' || c == '_' || c == '.';
}

/// inet_aton and the resolver behind it read such a name as an address: 127.1, 0x7f.0.0.1,
/// 2130706433.
bool ends_in_number(std::string_view name) {
    const auto dot = name.rfind('.');
    const auto label = dot == std::string_view::npos ? name : name.substr(dot + 1);
    if (label.starts_with("0x")) return std::ranges::all_of(label.substr(2), is_hex_digit);
    return std::ranges::all_of(label, certs::is_digit);
}

bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= kLongestHost &&
           std::ranges::all_of(name, is_host_character) && name.front() != '.' &&
           name.back() != '.' && name.find("..") == std::string_view::npos && !ends_in_number(name);
}

}  // namespace

std::optional<std::string> normalise_host(std::string_view host) {
    if (host.find(':') != std::string_view::npos) {
        const auto address = IpAddress::parse(host);
        return address ? std::optional{address->to_text()} : std::nullopt;
    }

    std::string name{host};
    if (!certs::is_ascii(name)) {
        auto ascii = to_a_labels(name);
        if (!ascii) return std::nullopt;
        name = std::move(*ascii);
    }
    std::ranges::transform(name, name.begin(), certs::to_lower);
    if (name.ends_with('.')) name.pop_back();
    if (is_name(name) || IpAddress::parse(name)) return name;
    return std::nullopt;
}

std::optional<HostPattern> HostPattern::parse(std::string_view text) {
    HostPattern pattern;
    if (text == "*") return pattern;

    const bool wildcard = text.starts_with("*.");
    const auto host = normalise_host(wildcard ? text.substr(2) : text);
    if (!host || !has_valid_a_labels(*host)) return std::nullopt;
    pattern.kind_ = wildcard ? Kind::suffix : Kind::exact;
    pattern.name_ = wildcard ? "." + *host : *host;
    if (!wildcard) return pattern;

    // No label is left of an address, and a suffix that leaves no room for one matches nothing.
    const bool room = pattern.name_.size() < kLongestHost;
    if (!room || IpAddress::parse(*host)) return std::nullopt;
    return pattern;
}

bool HostPattern::matches(std::string_view host) const {
    if (kind_ == Kind::any) return true;
    if (kind_ == Kind::exact) return host == name_;
    return host.size() > name_.size() && host.ends_with(name_);
}

std::string HostPattern::to_text() const { return kind_ == Kind::exact ? name_ : "*" + name_; }

}  // namespace countersign::profiles
