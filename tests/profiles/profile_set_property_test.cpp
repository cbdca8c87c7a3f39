#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "profiles/profile_set.hpp"

namespace countersign::profiles {
namespace {

const std::vector<std::string> kPatterns{"a",     "b.a",     "c.b.a", "d.c.b.a",   "*.a",
                                         "*.b.a", "*.c.b.a", "*",     "192.0.2.7", "::1"};
const std::vector<std::string> kHosts{"a",         "b.a",       "c.b.a", "d.c.b.a",
                                      "e.d.c.b.a", "x",         "x.a",   "x.b.a",
                                      "x.c.b.a",   "192.0.2.7", "::1",   "192.0.2.8"};
const std::vector<std::uint16_t> kPorts{443, 8443, 9443};
/// None named, one that no profile lists, and the others.
const std::vector<std::uint16_t> kProbedPorts{0, 1, 443, 8443, 9443};

class Dice {
public:
    explicit Dice(std::uint32_t seed) : engine_{seed} {}

    std::size_t below(std::size_t sides) { return engine_() % sides; }
    template <class T>
    const T& one_of(const std::vector<T>& values) {
        return values[below(values.size())];
    }

private:
    std::mt19937 engine_;
};

Profile random_profile(std::size_t number, Dice& dice) {
    Profile profile;
    profile.name = "p" + std::to_string(number);
    for (auto left = dice.below(3); left > 0; --left) {
        profile.hosts.push_back(HostPattern::parse(dice.one_of(kPatterns)).value());
    }
    for (auto left = dice.below(3); left > 0; --left) {
        profile.ports.push_back(dice.one_of(kPorts));
    }
    profile.default_port = dice.one_of(kPorts);
    return profile;
}

bool takes_port(const Profile& profile, std::uint16_t port) {
    const auto wanted = port == 0 ? profile.default_port : port;
    return profile.ports.empty() || std::ranges::count(profile.ports, wanted) > 0;
}

/// Obviously right and slow: all profiles that apply and that no other beats; two of them tie.
std::vector<std::int32_t> best(
    const std::vector<Profile>& profiles, std::string_view host, std::uint16_t port
) {
    struct Candidate {
        std::int32_t index;
        HostPattern pattern;
        bool has_ports;
    };
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        if (!takes_port(profiles[i], port)) continue;
        for (const auto& pattern : profiles[i].hosts) {
            if (!pattern.matches(host)) continue;
            candidates.push_back({static_cast<std::int32_t>(i), pattern, !profiles[i].ports.empty()}
            );
        }
    }

    const auto beats = [](const Candidate& a, const Candidate& b) {
        if (a.pattern != b.pattern) return more_specific(a.pattern, b.pattern);
        return a.has_ports && !b.has_ports;
    };
    std::set<std::int32_t> winners;
    for (const auto& a : candidates) {
        const auto beaten = [&](const Candidate& b) { return beats(b, a); };
        if (std::ranges::none_of(candidates, beaten)) winners.insert(a.index);
    }
    return {winners.begin(), winners.end()};
}

/// Whether any destination of ours has two best profiles, by the names of the later ones.
std::set<std::string> tied_names(const std::vector<Profile>& profiles) {
    std::set<std::string> names;
    for (const auto& host : kHosts) {
        for (const auto port : kProbedPorts) {
            const auto winners = best(profiles, host, port);
            for (std::size_t i = 1; i < winners.size(); ++i) {
                names.insert(profiles[static_cast<std::size_t>(winners[i])].name);
            }
        }
    }
    return names;
}

void check_one_set(Dice& dice) {
    std::vector<Profile> profiles;
    for (auto left = 1 + dice.below(6); left > 0; --left) {
        profiles.push_back(random_profile(profiles.size(), dice));
    }

    const auto set = ProfileSet::from(profiles);

    std::set<std::string> reported;
    if (!set.has_value()) {
        for (const auto& tie : set.error()) reported.insert(tie.second);
    }
    ASSERT_EQ(reported, tied_names(profiles));
    if (!set.has_value()) return;
    for (const auto& host : kHosts) {
        for (const auto port : kProbedPorts) {
            const auto winners = best(profiles, host, port);
            ASSERT_EQ(set->find(host, port).profile, winners.empty() ? -1 : winners.front())
                << host << ":" << port;
        }
    }
}

TEST(ProfileSetProperty, FindsWhatTheReferenceFindsAndTiesExactlyWhereItTies) {
    for (std::uint32_t seed = 1; seed <= 3000; ++seed) {
        SCOPED_TRACE(seed);
        Dice dice{seed};

        check_one_set(dice);

        if (HasFatalFailure()) return;
    }
}

}  // namespace
}  // namespace countersign::profiles
