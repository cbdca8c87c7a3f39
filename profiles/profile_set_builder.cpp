#include <algorithm>
#include <set>

#include "profiles/profile_set.hpp"

namespace countersign::profiles {

using BuildResult = boost::system::result<ProfileSet, std::vector<Tie>>;

/// Puts the claims of all profiles into the index, and looks for leaves that two of them reach.
class ProfileSetBuilder {
public:
    ProfileSetBuilder(std::vector<Profile> profiles, const std::vector<ListenerKind>& listeners)
        : listeners_{listeners} {
        set_.profiles_ = std::move(profiles);
    }

    BuildResult build();

private:
    /// A leaf that more than one profile wants.
    struct Contest {
        std::int32_t leaf;
        std::int32_t second;
        Claim claim;
    };

    void claim_all(std::int32_t index);
    void claim(std::int32_t index, const Claim& claim);
    std::vector<Tie> ties();

    ProfileSet set_;
    const std::vector<ListenerKind>& listeners_;
    std::vector<Contest> contests_;
};

namespace {

/// Calls `use` with each value as what a claim says, or once with nothing where there is none.
template <class T, class Use>
void for_each_or_none(const std::vector<T>& values, const Use& use) {
    if (values.empty()) return use(std::nullopt);
    for (const auto& value : values) use(std::optional<T>{value});
}

/// A destination without a port counts as one with the profile's default_port.
std::vector<std::uint16_t> ports_of(const Profile& profile) {
    auto ports = profile.ports;
    std::ranges::sort(ports);
    if (std::ranges::count(ports, profile.default_port) > 0) ports.push_back(0);
    return ports;
}

}  // namespace

void ProfileSetBuilder::claim(std::int32_t index, const Claim& claim) {
    const auto leaf = set_.index_.add(claim);
    const auto at = static_cast<std::size_t>(leaf);
    if (at == set_.profile_of_leaf_.size()) set_.profile_of_leaf_.push_back(index);
    // A profile may say one thing twice.
    if (set_.profile_of_leaf_[at] != index) contests_.push_back({leaf, index, claim});
}

void ProfileSetBuilder::claim_all(std::int32_t index) {
    const auto& profile = set_[index];
    Claim one;
    for (const auto& host : profile.hosts) {
        one.host = host;
        for_each_or_none(ports_of(profile), [&](const auto& port) {
            one.port = port;
            for_each_or_none(profile.clients, [&](const auto& client) {
                one.client = client;
                for_each_or_none(profile.listeners, [&](const auto& listener) {
                    one.listener = listener;
                    for_each_or_none(profile.paths, [&](const auto& path) {
                        one.path = path;
                        for_each_or_none(profile.methods, [&](const auto& method) {
                            one.method = method;
                            claim(index, one);
                        });
                    });
                });
            });
        });
    }
}

std::vector<Tie> ProfileSetBuilder::ties() {
    std::vector<Tie> ties;
    if (contests_.empty()) return ties;
    const TieExamples examples{set_.profiles_, listeners_};
    std::set<std::pair<std::int32_t, std::string>> told;
    for (const auto& [leaf, second, claim] : contests_) {
        const auto pattern = claim.host.to_text();
        if (told.contains({second, pattern})) continue;
        const auto& first = set_[set_.profile_of_leaf_[static_cast<std::size_t>(leaf)]];
        const auto example = examples.find(set_.index_, leaf, claim, first.default_port);
        if (!example) continue;  // what is more specific takes every such request
        told.insert({second, pattern});
        ties.push_back({first.name, set_[second].name, pattern, examples.describe(*example)});
    }
    return ties;
}

BuildResult ProfileSetBuilder::build() {
    for (std::int32_t index = 0; index < std::ssize(set_.profiles_); ++index) {
        set_.by_name_.emplace(set_[index].name, index);
        claim_all(index);
    }
    auto found = ties();
    if (!found.empty()) return found;
    set_.index_.finish();
    return std::move(set_);
}

BuildResult ProfileSet::from(
    std::vector<Profile> profiles, const std::vector<ListenerKind>& listeners
) {
    return ProfileSetBuilder{std::move(profiles), listeners}.build();
}

}  // namespace countersign::profiles
