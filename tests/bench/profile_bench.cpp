#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "profiles/profile_set.hpp"

namespace countersign::profiles {
namespace {

/// Profiles as a large proxy has them: of ten, six for one host each, two for a wildcard, one that
/// tells clients apart, one that tells paths apart.
std::vector<Profile> make_profiles(std::size_t count) {
    std::vector<Profile> profiles;
    for (std::size_t i = 0; i < count; ++i) {
        const auto number = std::to_string(i);
        Profile profile;
        profile.name = "p" + number;
        const bool wildcard = i % 10 == 6 || i % 10 == 7;
        const auto host = (wildcard ? "*." : "api.") + ("partner" + number) + ".example";
        profile.hosts = {HostPattern::parse(host).value()};
        if (i % 10 == 8) {
            profile.clients = {Network::parse("10.0.0.0/8").value(), NamedClientPattern{"billing"}};
        }
        if (i % 10 == 9) profile.paths = {PathPrefix::parse("/orders/v" + number).value()};
        profiles.push_back(std::move(profile));
    }
    return profiles;
}

/// All profiles say one host, and are told apart by what the argument says.
std::vector<Profile> make_profiles_of_one_host(std::size_t count, std::size_t by) {
    std::vector<Profile> profiles;
    for (std::size_t i = 0; i < count; ++i) {
        Profile profile;
        profile.name = "p" + std::to_string(i);
        profile.hosts = {HostPattern::parse("api.partner.example").value()};
        if (by == 0) profile.clients = {NamedClientPattern{"client" + std::to_string(i)}};
        if (by == 1) profile.paths = {PathPrefix::parse("/orders/v" + std::to_string(i)).value()};
        if (by == 2) {
            const auto third = std::to_string(i / 256);
            const auto fourth = std::to_string(i % 256);
            profile.clients = {Network::parse("10.1." + third + "." + fourth).value()};
        }
        profiles.push_back(std::move(profile));
    }
    return profiles;
}

struct Texts {
    std::string host;
    std::string path = "/orders/v0/7?page=2";
    std::string client;
    std::string address = "10.1.0.0";
};

/// A request's texts were read a moment ago, by the parser of its head: they stand here one behind
/// the other in the order in which they are asked for, so that the search is what misses caches.
class Asked {
public:
    explicit Asked(const std::vector<Texts>& texts) {
        for (const Texts& text : texts) {
            ends_.push_back(
                {append(text.host), append(text.path), append(text.client),
                 *IpAddress::parse(text.address)}
            );
        }
    }

    const Request& next() {
        const Ends& ends = ends_[at_];
        const std::uint32_t from = at_ == 0 ? 0 : ends_[at_ - 1].client;
        if (++at_ == ends_.size()) at_ = 0;
        const std::string_view all = all_;
        request_.host = all.substr(from, ends.host - from);
        request_.path = all.substr(ends.host, ends.path - ends.host);
        request_.caller.name = all.substr(ends.path, ends.client - ends.path);
        request_.caller.address = ends.address;
        request_.caller.listener = "apps";
        return request_;
    }

private:
    struct Ends {
        std::uint32_t host, path, client;
        IpAddress address;
    };

    std::uint32_t append(const std::string& text) {
        all_ += text;
        return static_cast<std::uint32_t>(all_.size());
    }

    std::string all_;
    std::vector<Ends> ends_;
    std::size_t at_ = 0;
    Request request_;
};

void look_up(benchmark::State& state, const ProfileSet& set, const std::vector<Texts>& texts) {
    Asked asked{texts};
    for (auto _ : state) {
        const auto match = set.find(asked.next());
        if (!match.found()) std::abort();
        benchmark::DoNotOptimize(match);
    }
}

/// The same hosts again and again, as a client has them: ten of all that there are.
std::vector<std::size_t> ten_of(std::size_t count) {
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < 10; ++i) numbers.push_back(i * count / 10 + i % 10 * (count > 10));
    return numbers;
}

Texts texts_for(std::size_t number) {
    Texts texts;
    texts.host = "api.partner" + std::to_string(number) + ".example";
    texts.path = "/orders/v" + std::to_string(number) + "/7?page=2";
    return texts;
}

void BM_TenHosts(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    const auto set = ProfileSet::from(make_profiles(count));
    std::vector<Texts> texts;
    for (const auto number : ten_of(count)) texts.push_back(texts_for(number));
    look_up(state, *set, texts);
}
BENCHMARK(BM_TenHosts)->Arg(10)->Arg(10'000);

/// Every profile in turn: what a look-up costs that finds nothing in the caches.
void BM_AllHosts(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    const auto set = ProfileSet::from(make_profiles(count));
    std::vector<Texts> texts;
    for (std::size_t i = 0; i < count; ++i) texts.push_back(texts_for(i * 7919 % count));
    look_up(state, *set, texts);
}
BENCHMARK(BM_AllHosts)->Arg(10)->Arg(10'000);

void BM_OneHost(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    const auto by = static_cast<std::size_t>(state.range(1));
    const auto set = ProfileSet::from(make_profiles_of_one_host(count, by));
    std::vector<Texts> texts;
    for (const auto number : ten_of(count)) {
        auto text = texts_for(number);
        text.host = "api.partner.example";
        text.client = "client" + std::to_string(number);
        text.address = "10.1." + std::to_string(number / 256) + "." + std::to_string(number % 256);
        texts.push_back(text);
    }
    look_up(state, *set, texts);
}
BENCHMARK(BM_OneHost)->ArgsProduct({{10, 10'000}, {0, 1, 2}});

}  // namespace
}  // namespace countersign::profiles

BENCHMARK_MAIN();
