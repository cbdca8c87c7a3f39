#include "proxy/commands/probe/probe_all.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "certs/text/phrase.hpp"
#include "proxy/admin/probe_document.hpp"
#include "proxy/commands/print_document.hpp"
#include "proxy/commands/table.hpp"
#include "proxy/probe/prober.hpp"
#include "proxy/probe/verdict.hpp"
#include "proxy/probe/walk.hpp"
#include "proxy/routing/refusals.hpp"

namespace countersign::proxy::commands {

namespace {

/// A server that does not answer holds one of them for the time of its limits.
constexpr std::size_t kAtOnce = 16;

struct Visited {
    probe::Stop stop;
    probe::TrialTerms terms;
    probe::Trial trial;
};

/// One of those that take turns at what is left.
net::Task<void> visit(probe::Prober& prober, std::vector<Visited>& all, std::size_t& next) {
    while (next < all.size()) {
        Visited& one = all[next++];
        if (!one.trial.failure) one.trial = co_await prober.attempt(one.terms);
    }
}

/// As its requests would be answered.
void note_unusable(const generation::Generation& generation, Visited& one) {
    const certs::Identity* const identity = one.terms.tls->identity();
    if (identity == nullptr) return;
    const auto now = std::chrono::system_clock::now();
    if (generation::unusable_because(*one.terms.tls, now).empty()) return;
    one.trial.report.identity = identity->subject();
    one.trial.failure =
        routing::unusable_identity(*one.terms.tls, generation.profiles()[one.stop.profile], now);
}

std::string where(const Visited& one) {
    return profiles::authority_text(one.stop.host, one.stop.port).text();
}

void print_table(
    const generation::Generation& generation, const std::vector<Visited>& all,
    const std::vector<std::string>& untried
) {
    std::vector<std::vector<std::string>> rows{{"PROFILE", "DESTINATION", "IDENTITY", "RESULT"}};
    for (const Visited& one : all) {
        rows.push_back(
            {generation.profiles()[one.stop.profile].name, where(one),
             one.trial.report.identity.empty() ? "none" : one.trial.report.identity,
             (probe::judge(one.trial, {}).good ? "ok: " : "failed: ") +
                 probe::outcome_text(one.trial, one.stop.host)}
        );
    }
    for (const std::string& line : table_lines(rows)) std::cout << line << '\n';
    for (const Visited& one : all) {
        const probe::Verdict verdict = probe::judge(one.trial, {});
        if (verdict.good) continue;
        std::cout << '\n' << where(one) << ": " << verdict.text << '\n';
        if (!verdict.remedy.empty()) std::cout << "  " << verdict.remedy << '\n';
    }
    if (!untried.empty()) std::cout << '\n';
    for (const std::string& sentence : untried) std::cout << "not tried: " << sentence << '\n';
}

std::string summary(std::size_t failed, std::size_t tried, std::size_t untried) {
    std::string text = tried == 0    ? std::string{"nothing was tried"}
                       : failed == 0 ? std::string{"all is well"}
                                     : certs::counted(failed, "destination") + " failed";
    text += ": " + certs::counted(tried, "destination") + " tried";
    return untried == 0 ? text : text + ", " + certs::counted(untried, "profile") + " not tried";
}

}  // namespace

int probe_all(const generation::Generation& generation, const CommandLine& line) {
    const probe::Walk walk = probe::walk(generation);
    std::vector<Visited> all;
    for (const probe::Stop& stop : walk.stops) {
        all.push_back({stop, probe::terms_of(generation, stop, line.probe.asks), {}});
        note_unusable(generation, all.back());
    }
    const upstream::addresses::OwnEndpoints own =
        upstream::addresses::OwnEndpoints::of(generation.configuration());
    upstream::dns::NameFiles names;
    {
        std::size_t next = 0;
        probe::Prober prober{
            names, own, generation.buffer_sizes(), generation.configuration().limits.header_count};
        for (std::size_t i = 0; i < std::min(kAtOnce, all.size()); ++i) {
            prober.spawn(visit(prober, all, next));
        }
        prober.run();
    }
    const auto failed = static_cast<std::size_t>(std::ranges::count_if(all, [](const auto& one) {
        return !probe::judge(one.trial, {}).good;
    }));
    if (line.json) {
        boost::json::array destinations;
        for (const Visited& one : all) {
            destinations.push_back(admin::probe_document(
                where(one), generation.profiles()[one.stop.profile].name, one.terms, one.trial, {},
                probe::judge(one.trial, {}), std::chrono::system_clock::now()
            ));
        }
        print_document(
            {{"destinations", std::move(destinations)}, {"untried", json_list(walk.untried)}}
        );
    } else {
        print_table(generation, all, walk.untried);
        std::cout << summary(failed, all.size(), walk.untried.size()) << '\n';
    }
    return failed == 0 && !all.empty() ? 0 : 1;
}

}  // namespace countersign::proxy::commands
