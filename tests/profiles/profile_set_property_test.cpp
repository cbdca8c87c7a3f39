#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>

#include "profiles/profile_set.hpp"

namespace countersign::profiles {
namespace {

using Texts = std::vector<std::string>;

const Texts kPatterns{"a",     "b.a",     "c.b.a", "d.c.b.a",   "*.a",
                      "*.b.a", "*.c.b.a", "*",     "192.0.2.7", "::1"};
const Texts kHosts{"a",   "b.a",   "c.b.a",   "d.c.b.a",   "e.d.c.b.a", "x",
                   "x.a", "x.b.a", "x.c.b.a", "192.0.2.7", "::1",       "192.0.2.8"};
const std::vector<std::uint16_t> kPorts{443, 8443, 9443};
/// None named, one that no profile lists, and the others.
const std::vector<std::uint16_t> kProbedPorts{0, 1, 443, 8443, 9443};
const Texts kPrefixes{"/o", "/o/p", "/o/p/q", "/z"};
const Texts kPaths{"/", "/x", "/o", "/op", "/o/p/?q", "/o/%70/q", "/o//p", "/x/../o", "/z"};
const Texts kMethods{"GET", "POST"};
const Texts kProbedMethods{"GET", "POST", "HEAD"};
const Texts kNetworks{"10.0.0.0/8", "10.1.0.0/16", "10.128.0.0/9",
                      "10.0.0.0/9", "0.0.0.0/0",   "::/0"};
const Texts kAddresses{"9.0.0.1", "10.0.0.0", "10.1.0.0", "10.2.0.0", "10.128.0.0", "2001:db8::1"};
const Texts kListenerNames{"tcp", "local", "direct", "fixed"};
/// For requests of the last one no profile has to be found: its own takes them all.
const std::vector<ListenerKind> kListeners{
    {"tcp", false},
    {"local", true},
    {"direct", false, false, HostPort{"b.a", 443}},
    {"fixed", false, true}};
/// Without one that takes any request: only what "direct" leads to can be ambiguous.
const std::vector<ListenerKind> kOnlyFixed{
    {"direct", false, false, HostPort{"b.a", 8443}}, {"fixed", false, true}};

class Dice {
public:
    explicit Dice(std::uint32_t seed) : engine_{seed} {}

    std::size_t below(std::size_t sides) { return engine_() % sides; }
    template <class T>
    const T& one_of(const std::vector<T>& values) {
        return values[below(values.size())];
    }
    /// Mostly none, so that the other criteria decide too.
    std::size_t few() { return below(3) == 0 ? 1 + below(2) : 0; }

private:
    std::mt19937 engine_;
};

ClientPattern random_client(Dice& dice) {
    switch (dice.below(6)) {
        case 0:
            return NamedClientPattern{dice.below(2) == 0 ? "billing" : "orders"};
        case 1:
            return UidPattern{static_cast<std::uint32_t>(1 + dice.below(2))};
        case 2:
            return GidPattern{static_cast<std::uint32_t>(1 + dice.below(2))};
        default:
            return Network::parse(dice.one_of(kNetworks)).value();
    }
}

Profile random_profile(std::size_t number, const Texts& patterns, Dice& dice) {
    Profile profile;
    profile.name = "p" + std::to_string(number);
    for (auto left = 1 + dice.below(2); left > 0; --left) {
        profile.hosts.push_back(HostPattern::parse(dice.one_of(patterns)).value());
    }
    for (auto left = dice.few(); left > 0; --left) profile.ports.push_back(dice.one_of(kPorts));
    profile.default_port = dice.one_of(kPorts);
    for (auto left = dice.few(); left > 0; --left) profile.clients.push_back(random_client(dice));
    for (auto left = dice.few(); left > 0; --left) {
        profile.listeners.push_back(dice.one_of(kListenerNames));
    }
    for (auto left = dice.few(); left > 0; --left) {
        profile.paths.push_back(PathPrefix::parse(dice.one_of(kPrefixes)).value());
    }
    for (auto left = dice.few(); left > 0; --left) profile.methods.push_back(dice.one_of(kMethods));
    return profile;
}

/// Every kind of caller that the profiles of this test tell apart.
std::vector<Caller> all_callers() {
    std::vector<Caller> callers;
    for (const auto* name : {"", "billing", "orders"}) {
        for (const auto& address : kAddresses) {
            callers.push_back({IpAddress::parse(address), 0, 0, name, "tcp"});
            callers.push_back({IpAddress::parse(address), 0, 0, name, "direct"});
        }
        for (std::uint32_t uid = 1; uid <= 3; ++uid) {
            for (std::uint32_t gid = 1; gid <= 3; ++gid) {
                callers.push_back({std::nullopt, uid, gid, name, "local"});
            }
        }
    }
    return callers;
}

// The reference. It knows paths by what this test writes: no prefix is spelled in two ways, and of
// the paths one is, two are ambiguous, one of them only where two segments are looked at.

std::string plain(std::string path) {
    path = path.substr(0, path.find('?'));
    if (path == "/o/%70/q") return "/o/p/q";
    return path;
}

bool has_prefix(const std::string& path, const std::string& prefix) {
    return path == prefix || path.starts_with(prefix + "/");
}

bool is_ambiguous(const std::string& path, std::size_t depth) {
    return path == "/x/../o" || (path == "/o//p" && depth >= 2);
}

/// One way in which a profile says that a request is its: the values of the criteria before paths.
struct Candidate {
    std::int32_t index = 0;
    HostPattern pattern;
    bool has_port = false;
    int client = 0;
    bool has_listener = false;
};

int client_rank(const ClientPattern& client) {
    if (std::holds_alternative<NamedClientPattern>(client)) return 1003;
    if (std::holds_alternative<UidPattern>(client)) return 1002;
    if (std::holds_alternative<GidPattern>(client)) return 1001;
    return 1 + std::get<Network>(client).prefix();
}

/// Exact beats wildcard, longer beats shorter.
bool more_specific(const HostPattern& a, const HostPattern& b) {
    if (a.kind() != b.kind()) return a.kind() < b.kind();
    return a.kind() == HostPattern::Kind::suffix && a.name().size() > b.name().size();
}

/// a before b: 1, b before a: -1, neither: 0.
int compare(const Candidate& a, const Candidate& b) {
    if (a.pattern != b.pattern) return more_specific(a.pattern, b.pattern) ? 1 : -1;
    if (a.has_port != b.has_port) return a.has_port ? 1 : -1;
    if (a.client != b.client) return a.client > b.client ? 1 : -1;
    if (a.has_listener != b.has_listener) return a.has_listener ? 1 : -1;
    return 0;
}

std::vector<Candidate> candidates_of(const std::vector<Profile>& profiles, const Request& request) {
    std::vector<Candidate> found;
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        const auto& profile = profiles[i];
        const auto port = request.port == 0 ? profile.default_port : request.port;
        if (!profile.ports.empty() && std::ranges::count(profile.ports, port) == 0) continue;
        const bool listed = std::ranges::count(profile.listeners, request.caller.listener) > 0;
        if (!profile.listeners.empty() && !listed) continue;
        std::vector<int> clients;
        for (const auto& client : profile.clients) {
            if (matches(client, request.caller)) clients.push_back(client_rank(client));
        }
        if (profile.clients.empty()) clients.push_back(0);
        for (const auto& pattern : profile.hosts) {
            if (!pattern.matches(request.host)) continue;
            for (const auto client : clients) {
                found.push_back(
                    {static_cast<std::int32_t>(i), pattern, !profile.ports.empty(), client,
                     !profile.listeners.empty()}
                );
            }
        }
    }
    std::ranges::stable_sort(found, [](const auto& a, const auto& b) { return compare(a, b) > 0; });
    return found;
}

/// Among candidates that are equal up to here: the longest prefix, then a listed method.
std::set<std::int32_t> best_of_group(
    const std::vector<Profile>& profiles, const std::set<std::int32_t>& group,
    const Request& request
) {
    std::set<std::int32_t> best;
    std::pair<std::size_t, int> best_rank{0, -1};
    for (const auto index : group) {
        const auto& profile = profiles[static_cast<std::size_t>(index)];
        std::vector<std::size_t> lengths;
        for (const auto& prefix : profile.paths) {
            if (has_prefix(plain(std::string{request.path}), prefix.text())) {
                lengths.push_back(prefix.text().size());
            }
        }
        if (profile.paths.empty()) lengths.push_back(0);
        if (lengths.empty()) continue;
        const bool listed = std::ranges::count(profile.methods, request.method) > 0;
        if (!profile.methods.empty() && !listed) continue;
        const std::pair rank{std::ranges::max(lengths), profile.methods.empty() ? 0 : 1};
        if (rank > best_rank) best.clear();
        if (rank >= best_rank) best.insert(index);
        best_rank = std::max(best_rank, rank);
    }
    return best;
}

struct Reference {
    std::vector<std::int32_t> winners;  ///< two of them tie
    bool ambiguous = false;
};

/// Slow, and obviously right: group by group, the most specific first.
Reference best(const std::vector<Profile>& profiles, const Request& request) {
    const auto candidates = candidates_of(profiles, request);
    for (std::size_t begin = 0, end = 0; begin < candidates.size(); begin = end) {
        std::set<std::int32_t> group;
        std::size_t depth = 0;
        while (end < candidates.size() && compare(candidates[begin], candidates[end]) == 0) {
            group.insert(candidates[end].index);
            for (const auto& path : profiles[static_cast<std::size_t>(candidates[end].index)].paths)
                depth = std::max(depth, path.segments());
            ++end;
        }
        if (depth > 0 && is_ambiguous(std::string{request.path}, depth)) return {{}, true};
        const auto winners = best_of_group(profiles, group, request);
        if (!winners.empty()) return {{winners.begin(), winners.end()}, false};
    }
    return {};
}

/// Whether such a request can come: its listener exists, and leads there.
bool can_come(const Request& request, const std::vector<ListenerKind>& listeners) {
    const auto listener =
        std::ranges::find(listeners, request.caller.listener, &ListenerKind::name);
    if (listener == listeners.end() || listener->names_profile) return false;
    const auto& upstream = listener->upstream;
    return !upstream || (upstream->host == request.host && upstream->port == request.port);
}

template <class Use>
void for_each_request(
    const Texts& hosts, const std::vector<ListenerKind>& listeners, const Use& use
) {
    static const auto callers = all_callers();
    Request request;
    for (const auto& host : hosts) {
        request.host = host;
        for (const auto port : kProbedPorts) {
            request.port = port;
            for (const auto& path : kPaths) {
                request.path = path;
                for (const auto& method : kProbedMethods) {
                    request.method = method;
                    for (const auto& caller : callers) {
                        request.caller = caller;
                        if (can_come(request, listeners)) use(request);
                    }
                }
            }
        }
    }
}

/// How often each criterion was the first by which the winner differed from another that applied,
/// and the last that anything came to where there was no winner: that the random sets ask all of
/// the rule.
struct Tally {
    std::array<std::size_t, 6> decided{};
    std::map<MatchReason, std::size_t> reasons;
};

/// What `explain` compares comes to the same winner: nobody else who applies is as specific.
void check_fits(
    const std::vector<Profile>& profiles, const Request& request, std::int32_t winner, Tally& tally
) {
    const auto of = [&](std::int32_t index) {
        return fit(profiles[static_cast<std::size_t>(index)], request);
    };
    const auto best = winner >= 0 ? of(winner) : Fit{};
    EXPECT_TRUE(winner < 0 || best.applies());
    for (std::int32_t index = 0; index < std::ssize(profiles); ++index) {
        const auto other = of(index);
        if (index == winner || !other.applies()) continue;
        ASSERT_GE(winner, 0) << "p" << index << " applies";
        ASSERT_GT(best.rank, other.rank) << "p" << winner << " and p" << index;
        const auto first = std::ranges::mismatch(best.rank, other.rank).in1;
        ++tally.decided[static_cast<std::size_t>(first - best.rank.begin())];
    }
}

/// Whether the set was free of ties.
bool check_one_set(
    const Texts& patterns, const Texts& hosts, const std::vector<ListenerKind>& listeners,
    Dice& dice, Tally& tally
) {
    std::vector<Profile> profiles;
    for (auto left = 2 + dice.below(8); left > 0; --left) {
        profiles.push_back(random_profile(profiles.size(), patterns, dice));
    }

    const auto set = ProfileSet::from(profiles, listeners);

    std::size_t wrong = 0;
    std::size_t asked = 0;
    std::set<std::string> reported;
    if (!set.has_value()) {
        for (const auto& tie : set.error()) reported.insert(tie.second);
    }
    std::set<std::string> tied;
    for_each_request(hosts, listeners, [&](const Request& request) {
        const auto expected = best(profiles, request);
        for (std::size_t i = 1; i < expected.winners.size(); ++i) {
            tied.insert(profiles[static_cast<std::size_t>(expected.winners[i])].name);
        }
        if (!set.has_value()) return;
        const auto found = set->find(request);
        const auto winner = expected.winners.empty() ? -1 : expected.winners.front();
        const bool ambiguous = found.reason == MatchReason::ambiguous_path;
        ++tally.reasons[found.reason];
        if (!ambiguous && ++asked % 5 == 0) check_fits(profiles, request, winner, tally);
        if (found.profile == winner && ambiguous == expected.ambiguous) return;
        if (wrong++ > 0) return;
        ADD_FAILURE() << request.method << " " << request.host << ":" << request.port
                      << request.path << ": found " << found.profile << ", expected " << winner;
    });
    EXPECT_EQ(reported, tied);
    return set.has_value();
}

int sets_without_ties(
    int sets, const Texts& patterns, const Texts& hosts, Tally& tally,
    const std::vector<ListenerKind>& listeners = kListeners
) {
    int without = 0;
    for (int seed = 1; seed <= sets && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        Dice dice{static_cast<std::uint32_t>(seed)};
        without += check_one_set(patterns, hosts, listeners, dice, tally) ? 1 : 0;
    }
    return without;
}

TEST(ProfileSetProperty, FindsWhatTheReferenceFindsAndTiesExactlyWhereItTies) {
    Tally tally;

    const auto without = sets_without_ties(120, kPatterns, kHosts, tally);

    EXPECT_GT(without, 30);
    EXPECT_LT(without, 115);
    for (const auto decided : tally.decided) EXPECT_GT(decided, 1000U);
}

/// Few hosts: profiles meet, and the other criteria decide.
TEST(ProfileSetProperty, DoesSoWhereManyProfilesHaveOneHost) {
    Tally tally;

    const auto without = sets_without_ties(600, {"b.a", "*.a"}, {"b.a", "host.a"}, tally);

    EXPECT_GT(without, 150);
    EXPECT_LT(without, 450);
    for (const auto decided : tally.decided) EXPECT_GT(decided, 1000U);
    for (const auto reason :
         {MatchReason::exact_host, MatchReason::wildcard_host, MatchReason::no_host_matches,
          MatchReason::no_port_matches, MatchReason::no_client_matches,
          MatchReason::no_listener_matches, MatchReason::no_path_matches,
          MatchReason::no_method_matches, MatchReason::ambiguous_path}) {
        EXPECT_GT(tally.reasons[reason], 1000U) << to_text(reason);
    }
}

TEST(ProfileSetProperty, DoesSoWhereEveryListenerLeadsToOneUpstreamOrProfile) {
    Tally tally;

    const auto without =
        sets_without_ties(300, {"b.a", "*.a"}, {"b.a", "host.a"}, tally, kOnlyFixed);

    EXPECT_GT(without, 100);
    EXPECT_LT(without, 290);
}

}  // namespace
}  // namespace countersign::profiles
