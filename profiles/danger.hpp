#pragma once

#include <cstdint>
#include <string_view>

namespace countersign::profiles {

/// What a profile gives up for a partner that cannot do better, each by a switch of its own.
enum class Danger : std::uint8_t {
    legacy_renegotiation,
    tls10,
    sha1,
    small_dh,
    weak_keys,
    accept_truncation,
    common_name,
    pinned_name,
    accept_any_server,
};

struct DangerSwitch {
    Danger danger;
    std::string_view key;    ///< under `tls:`
    std::string_view means;  ///< what is accepted then, and what that costs: a clause
};
inline constexpr DangerSwitch kDangerSwitches[] = {
    {Danger::legacy_renegotiation, "danger_legacy_renegotiation",
     "a server without secure renegotiation (RFC 5746) is accepted: somebody between the two can "
     "put a request of his own in front of this side's"},
    {Danger::tls10, "danger_tls10",
     "TLS 1.0 and 1.1 are offered: who is between the two may read parts of what is sent"},
    {Danger::sha1, "danger_sha1", "signatures by SHA-1 are accepted and made: they can be forged"},
    {Danger::small_dh, "danger_small_dh",
     "Diffie-Hellman groups of 1024 bits are accepted: a wealthy attacker reads what was recorded"},
    {Danger::weak_keys, "danger_weak_keys",
     "keys as weak as RSA with 1024 bits are accepted, of servers and of the key store: a wealthy "
     "attacker finds the private key"},
    {Danger::accept_truncation, "danger_accept_truncation",
     "a response whose end only the end of the connection tells counts as whole where TLS does not "
     "confirm it: it can be cut off unnoticed"},
    {Danger::common_name, "danger_common_name",
     "the common name counts where a server's certificate has no alternative name: authorities do "
     "not check what stands there"},
    {Danger::pinned_name, "danger_pinned_name",
     "a server whose own certificate is in trust, or its key in pins, needs no name in it: who has "
     "that key is taken for every host of the profile"},
    {Danger::accept_any_server, "danger_accept_any_server",
     "EVERY SERVER IS ACCEPTED: whoever answers gets the requests, and can read and change them"},
};
/// The switch for all that an old server may need: the first five of them.
inline constexpr std::string_view kLegacyServer = "danger_legacy_server";
/// No switch, but a file; what it costs, behind the file's name.
inline constexpr std::string_view kKeyLog = "danger_key_log";
inline constexpr std::string_view kKeyLogMeans =
    " gets THE KEYS OF EVERY CONNECTION: who reads it can read all that is sent and received";

class Dangers {
public:
    constexpr bool has(Danger danger) const { return (bits_ & bit(danger)) != 0; }
    constexpr void add(Danger danger) { bits_ |= bit(danger); }
    constexpr bool empty() const { return bits_ == 0; }

    /// As a number, for who can keep nothing else.
    constexpr std::uintptr_t to_number() const { return bits_; }
    static constexpr Dangers of_number(std::uintptr_t number) {
        Dangers made;
        made.bits_ = number;
        return made;
    }

    friend bool operator==(const Dangers&, const Dangers&) = default;

private:
    static constexpr std::uintptr_t bit(Danger danger) {
        return std::uintptr_t{1} << static_cast<unsigned>(danger);
    }

    std::uintptr_t bits_ = 0;
};

}  // namespace countersign::profiles
