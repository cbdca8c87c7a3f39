#include <algorithm>
#include <map>
#include <set>

#include "profiles/profile_set.hpp"

namespace countersign::profiles {

using BuildResult = boost::system::result<ProfileSet, std::vector<Tie>>;

/// Sorts the profiles by the patterns they claim, finds the ties, and fills a ProfileSet's indexes.
class ProfileSetBuilder {
public:
    explicit ProfileSetBuilder(std::vector<Profile> profiles) {
        set_.profiles_ = std::move(profiles);
    }

    BuildResult build();

private:
    /// Who wants a pattern, in the order of the configuration.
    struct Claims {
        HostPattern pattern;
        std::vector<std::pair<std::uint16_t, std::int32_t>> by_port;
        std::vector<std::int32_t> unnamed_port;
        std::vector<std::int32_t> any_port;

        /// A port that no profile with `ports` takes, the preferred one first; 0 stands for a
        /// destination that names none. nullopt: all are taken.
        std::optional<std::uint16_t> free_port(std::uint16_t preferred) const;
    };
    struct FoundTie {
        std::int32_t second;
        Tie tie;
    };

    void claim(std::int32_t index, const HostPattern& pattern);
    void find_ties(const Claims& claims);
    void add_tie(const Claims& claims, std::int32_t first, std::int32_t second, std::uint16_t port);
    ProfileSet::Candidates& candidates(const HostPattern& pattern);
    std::string example_host(const HostPattern& pattern) const;

    ProfileSet set_;
    std::map<std::string, Claims> claims_;
    std::vector<FoundTie> ties_;
    std::set<std::int32_t> tied_;  ///< on the pattern at hand
};

void ProfileSetBuilder::claim(std::int32_t index, const HostPattern& pattern) {
    const auto& profile = set_[index];
    auto& claims = claims_[pattern.to_text()];
    claims.pattern = pattern;
    if (profile.ports.empty()) claims.any_port.push_back(index);
    for (const auto port : profile.ports) {
        claims.by_port.emplace_back(port, index);
        if (port == profile.default_port) claims.unnamed_port.push_back(index);
    }
}

void ProfileSetBuilder::add_tie(
    const Claims& claims, std::int32_t first, std::int32_t second, std::uint16_t port
) {
    // A profile may name one host or port twice, and two profiles may share many ports.
    if (first == second || !tied_.insert(second).second) return;

    const auto port_text = port == 0 ? " without a port" : ":" + std::to_string(port);
    const auto example = example_host(claims.pattern) + port_text;
    ties_.push_back(
        {second, {set_[first].name, set_[second].name, claims.pattern.to_text(), example}}
    );
}

void ProfileSetBuilder::find_ties(const Claims& claims) {
    tied_.clear();
    for (std::size_t i = 0, group = 0; i < claims.by_port.size(); ++i) {
        if (claims.by_port[i].first != claims.by_port[group].first) group = i;
        add_tie(
            claims, claims.by_port[group].second, claims.by_port[i].second, claims.by_port[i].first
        );
    }
    for (const auto index : claims.unnamed_port) {
        add_tie(claims, claims.unnamed_port.front(), index, 0);
    }
    if (claims.any_port.size() < 2) return;
    const auto first = claims.any_port.front();
    if (const auto port = claims.free_port(set_[first].default_port)) {
        for (const auto index : claims.any_port) add_tie(claims, first, index, *port);
    }
}

std::optional<std::uint16_t> ProfileSetBuilder::Claims::free_port(std::uint16_t preferred) const {
    const auto taken = [&](std::uint16_t port) {
        return std::ranges::binary_search(by_port, port, {}, [](auto& c) { return c.first; });
    };
    if (!taken(preferred)) return preferred;
    for (std::uint16_t port = 65535; port > 0; --port) {
        if (!taken(port)) return port;
    }
    if (unnamed_port.empty()) return std::uint16_t{0};
    return std::nullopt;
}

ProfileSet::Candidates& ProfileSetBuilder::candidates(const HostPattern& pattern) {
    if (pattern.kind() == HostPattern::Kind::any) return set_.any_;
    const bool exact = pattern.kind() == HostPattern::Kind::exact;
    return (exact ? set_.exact_ : set_.suffix_)[pattern.name()];
}

std::string ProfileSetBuilder::example_host(const HostPattern& pattern) const {
    if (pattern.kind() == HostPattern::Kind::exact) {
        const bool ipv6 = pattern.name().find(':') != std::string::npos;
        return ipv6 ? "[" + pattern.name() + "]" : pattern.name();
    }
    // One label more than the pattern: only an exact host can be more specific.
    for (int number = 0;; ++number) {
        auto host = "host" + (number == 0 ? "" : std::to_string(number)) + pattern.name();
        if (!claims_.contains(host)) return host;
    }
}

BuildResult ProfileSetBuilder::build() {
    for (std::int32_t index = 0; index < std::ssize(set_.profiles_); ++index) {
        set_.by_name_.emplace(set_[index].name, index);
        for (const auto& pattern : set_[index].hosts) claim(index, pattern);
    }

    for (auto& [text, claims] : claims_) {
        std::ranges::sort(claims.by_port);
        find_ties(claims);
        auto& found = candidates(claims.pattern);
        found.by_port = claims.by_port;
        if (!claims.unnamed_port.empty()) found.unnamed_port = claims.unnamed_port.front();
        if (!claims.any_port.empty()) found.any_port = claims.any_port.front();
    }
    if (ties_.empty()) return std::move(set_);

    std::ranges::stable_sort(ties_, {}, &FoundTie::second);
    std::vector<Tie> ties;
    for (auto& found : ties_) ties.push_back(std::move(found.tie));
    return ties;
}

BuildResult ProfileSet::from(std::vector<Profile> profiles) {
    return ProfileSetBuilder{std::move(profiles)}.build();
}

}  // namespace countersign::profiles
