#include <utility>

#include "proxy/generation/generation.hpp"
#include "proxy/generation/held_back.hpp"

namespace countersign::proxy::generation {

/// The identity alone is the former one's: trust and rules are today's.
std::vector<std::string> Generation::hold_back(
    std::vector<HeldBack> held, const Generation& before
) {
    std::vector<std::string> problems;
    for (const HeldBack& one : held) {
        const std::int32_t index = profiles_.index_of(one.profile);
        const profiles::Profile& profile = profiles_[index];
        const Route& was = before.route(before.profiles().index_of(one.profile));
        Route& route = routes_[static_cast<std::size_t>(index)];
        tls::TlsContextParts parts = route.tls->parts();
        parts.identity = was.tls->parts().identity;
        parts.send_root = was.tls->parts().send_root;
        if (was.tls->is_made_of(parts)) {
            route.tls = was.tls;
            route.former = was.former;
        } else if (auto made = tls::TlsContext::make(std::move(parts))) {
            route.tls = std::move(*made);
            route.former.clear();
        } else {
            problems.push_back("profile '" + one.profile + "': " + made.error());
            continue;
        }
        // It is this one that ends one day, too.
        const auto* const record = configuration_.find_certificate(*profile.key_store);
        const auto store = find_loaded(key_material_.key_stores, *profile.key_store);
        for (CertificateTerm& term : terms_of(*record, *route.tls->identity(), store->renewal)) {
            terms_.push_back(std::move(term));
        }
        warnings_.push_back(one.sentence);
    }
    held_back_ = std::move(held);
    return problems;
}

}  // namespace countersign::proxy::generation
