#include "proxy/generation/generation.hpp"

#include <algorithm>
#include <utility>

#include "certs/lifetime.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/generation/key_material_files.hpp"
#include "proxy/generation/tls_build.hpp"
#include "proxy/http/message_head.hpp"

namespace countersign::proxy::generation {

namespace {

/// Bodies are passed on through the same buffers as heads.
constexpr std::uint64_t kSmallestBuffer = 64 * 1024;

}  // namespace

ListenerId Generation::id_of(const profiles::Listener& listener) const {
    return listener_ids_[static_cast<std::size_t>(&listener - configuration_.listeners.data())];
}

const profiles::Listener* Generation::find_listener(ListenerId id) const {
    const auto at = std::ranges::find(listener_ids_, id);
    if (at == listener_ids_.end()) return nullptr;
    return &configuration_.listeners[static_cast<std::size_t>(at - listener_ids_.begin())];
}

/// One of the same name and address is the same one, then one of the same address; a number is
/// never used again.
void Generation::number_listeners(const Generation* before) {
    listener_ids_.assign(configuration_.listeners.size(), kNoListener);
    std::vector<const profiles::Listener*> left;
    if (before != nullptr) {
        next_listener_ = before->next_listener_;
        for (const profiles::Listener& one : before->configuration_.listeners) left.push_back(&one);
    }
    for (const bool by_name : {true, false}) {
        for (std::size_t i = 0; i < listener_ids_.size(); ++i) {
            const profiles::Listener& listener = configuration_.listeners[i];
            const auto same = std::ranges::find_if(left, [&](const profiles::Listener* one) {
                return one->address == listener.address && (!by_name || one->name == listener.name);
            });
            if (listener_ids_[i] != kNoListener || same == left.end()) continue;
            listener_ids_[i] = before->id_of(**same);
            left.erase(same);
        }
    }
    for (ListenerId& id : listener_ids_) {
        if (id == kNoListener) id = ListenerId{next_listener_++};
    }
}

void Generation::note_origins() {
    for (const Route& route : routes_) by_rules_.emplace(route.rules.get(), &route);
    if (unmatched_) by_rules_.emplace(unmatched_->rules.get(), &*unmatched_);
}

upstream::Standing Generation::standing_of(const upstream::Origin& origin, net::TimePoint now)
    const {
    const auto retired = [] { return upstream::Standing{.retired = true}; };
    const auto known = by_rules_.find(origin.key.rules.get());
    if (known == by_rules_.end()) return retired();
    const Route& route = *known->second;
    if (route.tls == origin.key.tls) {
        upstream::Standing todays;
        for (const FormerTls& one : route.former) {
            if (now < one.until) todays.former.push_back(one.tls.get());
        }
        return todays;
    }
    for (const FormerTls& one : route.former) {
        if (one.tls != origin.key.tls || now >= one.until) continue;
        return {.overlap = {one.since, one.ends_from, one.until, route.tls.get()}};
    }
    return retired();
}

net::TimePoint Generation::next_retirement(net::TimePoint now) const {
    net::TimePoint next = net::kNever;
    for (const Route& route : routes_) {
        for (const FormerTls& one : route.former) {
            if (now < one.until) next = std::min(next, one.until);
        }
    }
    return next;
}

net::BufferSizes Generation::buffer_sizes() const {
    std::size_t most_edits = 0;
    for (const Route& route : routes_) most_edits = std::max(most_edits, route.edits.lines.size());
    const std::uint64_t payload = std::max(configuration_.limits.header_bytes, kSmallestBuffer);
    return {
        static_cast<std::uint32_t>(payload),
        static_cast<std::uint32_t>(http::kMostGrowth + most_edits)};
}

std::string Generation::leaf_place(const std::string& record) const {
    const auto loaded = find_loaded(key_material_.key_stores, record);
    return loaded ? loaded->leaf_where : std::string{};
}

std::shared_ptr<const certs::Identity> Generation::identity_of(const std::string& record) const {
    const auto loaded = find_loaded(key_material_.key_stores, record);
    return loaded ? loaded->identity : nullptr;
}

std::shared_ptr<const certs::TrustStore> Generation::trust_of(const std::string& record) const {
    const auto loaded = find_loaded(key_material_.trust, trust_key({record}, false));
    return loaded ? loaded->store : nullptr;
}

boost::system::result<std::shared_ptr<const tls::TlsContext>, std::string> Generation::tls_with(
    const tls::TlsContext& tls, const std::string& record
) const {
    const auto loaded = find_loaded(key_material_.key_stores, record);
    if (!loaded) {
        return "no active key store of that name stands under certificates in the configuration";
    }
    tls::TlsContextParts parts = tls.parts();
    parts.identity = loaded->identity;
    parts.send_root = loaded->source.send_root;
    KeyMaterial::Completed completed;
    std::vector<WantedTls> wanted;
    wanted.push_back({std::move(parts), nullptr});
    TlsResult made =
        std::move(make_tls(std::move(wanted), completed, key_material_.completed).front());
    if (made && !(*made)->refused().empty()) {
        return certs::in_quotes((*made)->identity()->subject()) + " " + (*made)->refusal();
    }
    return made;
}

boost::system::result<std::shared_ptr<const Generation>, std::vector<std::string>> Generation::load(
    profiles::Configuration configuration, const Generation* before, std::string file_state,
    const Vet& vet
) {
    auto set = profiles::ProfileSet::from(configuration.profiles, configuration.listener_kinds());
    if (!set) {
        std::vector<std::string> ties;
        for (const profiles::Tie& tie : set.error()) {
            ties.push_back(
                "profiles '" + tie.first + "' and '" + tie.second + "' both fit " + tie.example
            );
        }
        return ties;
    }
    std::shared_ptr<Generation> made{new Generation{std::move(configuration), std::move(*set)}};
    certs::ContentStates states;
    made->state_ = key_material_state(made->configuration_, states);
    made->file_state_ = std::move(file_state);
    made->number_listeners(before);
    std::vector<std::string> problems = made->build(before, states);
    if (problems.empty() && vet && before != nullptr) {
        problems = made->hold_back(vet(*made), *before);
    }
    if (!problems.empty()) return problems;
    made->note_origins();
    return std::shared_ptr<const Generation>{std::move(made)};
}

std::string unusable_because(
    const tls::TlsContext& tls, std::chrono::system_clock::time_point now
) {
    if (tls.identity() == nullptr) return {};
    std::string why = certs::standing_text(tls.identity()->lifetime(), now);
    return why.empty() ? tls.refusal() : why;
}

}  // namespace countersign::proxy::generation
