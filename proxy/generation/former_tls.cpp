#include "proxy/generation/former_tls.hpp"

#include <algorithm>
#include <utility>

namespace countersign::proxy::generation {

bool name_one_key(const certs::KeyStoreSource& one, const certs::KeyStoreSource& other) {
    return one.file == other.file && one.key_file == other.key_file && one.alias == other.alias;
}

std::vector<FormerTls> former_tls(
    const Route& before, const Route& route, std::chrono::milliseconds overlap, const Moment& now
) {
    /// Each may have connections, and is looked for where another one has none at hand.
    constexpr std::size_t kMost = 8;
    std::vector<FormerTls> former;
    if (overlap.count() == 0 || before.rules != route.rules) return former;
    const auto add = [&](FormerTls one) {
        if (!one.tls->differs_in_identity(*route.tls)) return;
        const auto left = one.tls->identity()->not_after() - now.wall;
        const net::TimePoint until = std::min({one.until, now.steady + left, one.since + overlap});
        if (until != one.until) {
            // What was to end between the middle and now, by what was known before, does not end
            // at once.
            one.until = until;
            one.ends_from = std::max(one.since + (until - one.since) / 2, now.steady);
        }
        if (now.steady < one.until && former.size() < kMost) former.push_back(std::move(one));
    };
    add({before.tls, now.steady, net::kNever, net::kNever});
    for (const FormerTls& one : before.former) add(one);
    return former;
}

}  // namespace countersign::proxy::generation
