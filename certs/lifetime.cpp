#include "certs/lifetime.hpp"

#include "certs/certificate.hpp"
#include "certs/text/phrase.hpp"

namespace countersign::certs {

Lifetime Lifetime::of(const X509* certificate) {
    return {not_before_of(certificate), not_after_of(certificate)};
}

Standing standing_of(
    const Lifetime& life, Lifetime::TimePoint now, std::optional<std::chrono::seconds> warn_before
) {
    if (now < life.not_before) return Standing::not_yet_valid;
    if (now > life.not_after) return Standing::expired;
    // Not `not_after - warn_before`: an end that cannot be said is the clock's last moment.
    const bool soon = warn_before && life.not_after - now <= *warn_before;
    return soon ? Standing::ends_soon : Standing::valid;
}

std::string standing_text(
    const Lifetime& life, Lifetime::TimePoint now, std::optional<std::chrono::seconds> warn_before
) {
    switch (standing_of(life, now, warn_before)) {
        case Standing::valid:
            return {};
        case Standing::not_yet_valid:
            return "is not valid before " + to_text(life.not_before);
        case Standing::expired:
            return "expired on " + to_text(life.not_after);
        case Standing::ends_soon:
            break;
    }
    const auto days = static_cast<std::size_t>(days_until(life.not_after, now));
    return "expires on " + to_text(life.not_after) + ", in " + counted(days, "day");
}

std::string days_left_text(std::int64_t days) {
    if (days < 0) return "EXPIRED";
    return counted(static_cast<std::size_t>(days), "day") + " left";
}

}  // namespace countersign::certs
