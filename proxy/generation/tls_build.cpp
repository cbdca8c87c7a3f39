#include "proxy/generation/tls_build.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "certs/signature_checks.hpp"
#include "proxy/generation/side_by_side.hpp"

namespace countersign::proxy::generation {
namespace {

using Completed = KeyMaterial::Completed;

Shared<certs::Identity> complete(const KeyMaterial::Pair& pair, certs::KnownRoots& roots) {
    const auto& [identity, trust] = pair;
    certs::Identity completed = identity->completed_from(trust->store(), roots);
    const bool longer =
        completed.chain().size() > identity->chain().size() || completed.root() != identity->root();
    return longer ? std::make_shared<const certs::Identity>(std::move(completed)) : identity;
}

// Profiles that share an identity may trust different authorities: each pair has its own chain, of
// the same key, made once.
void complete_chains(
    const std::vector<WantedTls>& wanted, Completed& completed, const Completed& before
) {
    std::vector<Completed::value_type*> open;
    for (const WantedTls& one : wanted) {
        if (!one.parts.identity) continue;
        const KeyMaterial::Pair pair{one.parts.identity, one.parts.trust};
        const auto [place, is_new] = completed.try_emplace(pair, nullptr);
        if (!is_new) continue;
        if (const auto known = before.find(pair); known != before.end()) {
            place->second = known->second;
        } else {
            open.push_back(&*place);
        }
    }
    certs::KnownRoots roots;
    side_by_side(open.size(), [&](std::size_t i) {
        open[i]->second = complete(open[i]->first, roots);
    });
}

}  // namespace

std::vector<TlsResult> make_tls(
    std::vector<WantedTls> wanted, Completed& completed, const Completed& completed_before
) {
    complete_chains(wanted, completed, completed_before);
    std::vector<TlsResult> made(wanted.size());
    // Those whose OpenSSL part others may share, and the others with the number of the one.
    std::vector<std::size_t> first;
    std::vector<std::pair<std::size_t, std::size_t>> twins;
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        auto& [parts, before] = wanted[i];
        if (parts.identity) parts.identity = completed.at({parts.identity, parts.trust});
        if (before && before->is_made_of(parts)) {
            made[i] = std::move(before);
            first.push_back(i);
            continue;
        }
        const auto same = std::ranges::find_if(first, [&](std::size_t other) {
            return wanted[other].parts == wanted[i].parts;
        });
        if (same != first.end()) {
            twins.emplace_back(i, *same);
        } else {
            first.push_back(i);
            open.push_back(i);
        }
    }
    // What they are made of is kept, for those that are compared with it.
    side_by_side(open.size(), [&](std::size_t i) {
        made[open[i]] = tls::TlsContext::make(wanted[open[i]].parts);
    });
    for (const auto& [twin, one] : twins) {
        made[twin] = made[one] ? TlsResult{tls::TlsContext::twin_of(**made[one])} : made[one];
    }
    return made;
}

}  // namespace countersign::proxy::generation
