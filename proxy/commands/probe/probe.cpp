#include "proxy/commands/probe/probe.hpp"

#include <boost/json/array.hpp>
#include <iostream>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/admin/probe_document.hpp"
#include "proxy/commands/command_line.hpp"
#include "proxy/commands/complaint.hpp"
#include "proxy/commands/print_document.hpp"
#include "proxy/commands/probe/alone.hpp"
#include "proxy/commands/probe/chain_file.hpp"
#include "proxy/commands/probe/other_identities.hpp"
#include "proxy/commands/probe/print_line.hpp"
#include "proxy/commands/probe/probe_all.hpp"
#include "proxy/commands/probe/words_without_profile.hpp"
#include "proxy/explain/probed_destination.hpp"
#include "proxy/generation/load.hpp"
#include "proxy/probe/prober.hpp"
#include "proxy/probe/trial_teller.hpp"
#include "proxy/probe/verdict.hpp"
#include "proxy/probe/without_identity.hpp"

namespace countersign::proxy::commands {

namespace {

using SharedGeneration = std::shared_ptr<const generation::Generation>;

/// All that was tried of one destination.
struct Probed {
    probe::Trial trial;
    std::vector<probe::OtherTrial> others;
    probe::MissingIssuers missing;  ///< with --save-chain
};

/// One destination, as it is tried and told of.
struct Errand {
    const CommandLine& line;
    const explain::ProbedDestination& destination;
    std::vector<OtherIdentity> identities;
    bool alone = false;
};

net::Task<probe::Trial> try_as(
    probe::Prober& prober, const Errand& errand, std::shared_ptr<const tls::TlsContext> tls,
    probe::TrialListener* listener
) {
    probe::TrialTerms terms = errand.destination.terms;
    terms.tls = std::move(tls);
    probe::Trial trial = co_await prober.attempt(std::move(terms), listener);
    if (errand.alone && trial.failure) trial.failure = without_profile(std::move(*trial.failure));
    co_return trial;
}

/// With another identity, or none, to compare.
net::Task<void> try_other(
    probe::Prober& prober, const Errand& errand, OtherIdentity identity, Probed& out
) {
    probe::OtherTrial other{std::move(identity.with), {}};
    other.trial = co_await try_as(prober, errand, std::move(identity.tls), nullptr);
    if (!errand.line.json) {
        print_line(
            "again",
            other.with + ": " + probe::outcome_text(other.trial, errand.destination.terms.host)
        );
    }
    out.others.push_back(std::move(other));
}

net::Task<void> try_all(probe::Prober& prober, Errand errand, Probed& out) {
    const std::shared_ptr<const tls::TlsContext> tls = errand.destination.terms.tls;
    probe::TrialTeller printer{errand.destination.terms, print_line};
    probe::TrialListener* const listener = errand.line.json ? nullptr : &printer;
    out.trial = co_await try_as(prober, errand, tls, listener);
    if (listener != nullptr) printer.end(out.trial);
    if (!errand.line.probe.save_chain.empty() && out.trial.report.tls) {
        out.missing = co_await prober.fetch_missing(
            certs::share(out.trial.report.tls->shown), errand.destination.terms.rules
        );
    }
    if (probe::asks_for_comparison(out.trial)) {
        OtherIdentity none{"without a client certificate", probe::without_identity(*tls)};
        co_await try_other(prober, errand, std::move(none), out);
    }
    for (OtherIdentity& identity : errand.identities) {
        co_await try_other(prober, errand, std::move(identity), out);
    }
}

/// Before anything is tried: that may take its time.
void print_destination(const explain::ProbedDestination& destination) {
    print_line(
        "destination",
        profiles::authority_text(destination.terms.host, destination.terms.port).text() +
            (destination.profile.empty()
                 ? ""
                 : ", profile " + certs::in_quotes(destination.profile) + ", " + destination.client)
    );
    if (!destination.terms.note.empty()) print_line("note", destination.terms.note);
}

void print_end(
    const CommandLine& line, const explain::ProbedDestination& destination, const Probed& probed,
    const probe::Verdict& verdict
) {
    print_line(verdict.good ? "verdict" : "failed", verdict.text);
    if (!verdict.remedy.empty()) print_line("remedy", verdict.remedy);
    if (const auto& keys = destination.terms.tls->rules().key_log;
        keys && probed.trial.report.tls) {
        print_line(
            "warning", "the keys of this connection are in " + certs::printable(keys->string()) +
                           " now (tls.danger_key_log)"
        );
    }
    if (!line.probe.asks && probed.trial.report.complete) {
        print_line(
            "", "No request was sent (--no-request): what a server refuses later is not seen."
        );
    }
}

void print_saved(const probe::MissingIssuers& missing, const std::filesystem::path& file) {
    print_line("saved", "the server's certificates, in " + file.string());
    for (const auto& [certificate, url] : missing.fetched) {
        print_line(
            "fetched", certs::in_quotes(certs::subject_of(certificate.get())) +
                           ", which the server does not send, from " + certs::printable(url)
        );
    }
    if (!missing.problem.empty()) print_line("", certs::printable(missing.problem));
    print_line("", "Nothing of it is trusted: compare it with what the operator says first.");
}

Complaint wrong_usage(std::string text) {
    return {{std::move(text)}, "See countersign probe --help.", 2};
}

Complaint problems_of(std::vector<std::string> problems, const std::filesystem::path& file) {
    return {
        std::move(problems), "Mend what is wrong in the configuration: countersign check tells it.",
        1, true, file.string()};
}

/// No request would get there.
int tell_refusal(const CommandLine& line, Failure refusal, bool alone) {
    if (alone) refusal = without_profile(std::move(refusal));
    if (line.json) {
        print_document(admin::refusal_document(line.asked.url, refusal));
        return 1;
    }
    print_line("failed", refusal.reason());
    if (!refusal.remedy().empty()) print_line("remedy", refusal.remedy());
    return 1;
}

Probed try_destination(const generation::Generation& generation, Errand errand) {
    const auto own = upstream::addresses::OwnEndpoints::of(generation.configuration());
    upstream::dns::NameFiles names;
    Probed probed;
    probe::Prober prober{
        names, own, generation.buffer_sizes(), generation.configuration().limits.header_count};
    prober.spawn(try_all(prober, std::move(errand), probed));
    prober.run();
    return probed;
}

/// What `--save-chain` came to: what went wrong; empty: nothing, or it was not asked for.
std::string save(const CommandLine& line, const Probed& probed) {
    const std::filesystem::path& file = line.probe.save_chain;
    return file.empty() ? std::string{} : save_chain(probed.trial, probed.missing, file);
}

void print_json(
    const CommandLine& line, const explain::ProbedDestination& destination, const Probed& probed,
    const probe::Verdict& verdict, const std::string& not_saved
) {
    boost::json::object document = admin::probe_document(
        line.asked.url, destination.profile, destination.terms, probed.trial, probed.others,
        verdict, std::chrono::system_clock::now()
    );
    if (!line.probe.save_chain.empty()) {
        document["saved"] = not_saved.empty()
                                ? boost::json::value(json_text(line.probe.save_chain.string()))
                                : boost::json::value(nullptr);
        if (!not_saved.empty()) document["not_saved"] = json_text(not_saved);
    }
    print_document(document);
}

int probe_one(const SharedGeneration& generation, const CommandLine& line, bool alone) {
    const std::filesystem::path& chain_file = line.probe.save_chain;
    if (!chain_file.empty()) {
        if (std::string wrong = cannot_save_to(chain_file); !wrong.empty())
            return complain(wrong_usage(std::move(wrong)), line.json);
    }
    const explain::ProbeQuestion question{line.asked, line.probe.method, line.probe.asks, alone};
    auto destination = explain::find_destination(generation, question);
    if (!destination) {
        explain::NoDestination why = std::move(destination).error();
        if (why.refusal) return tell_refusal(line, std::move(*why.refusal), alone);
        return complain(wrong_usage(std::move(why.wrong)), line.json);
    }
    Errand errand{line, *destination, {}, alone};
    if (std::string wrong = find_identities(
            *generation, line.probe.also, *destination->terms.tls, errand.identities
        );
        !wrong.empty()) {
        return complain(wrong_usage(std::move(wrong)), line.json);
    }
    if (!line.json) print_destination(*destination);
    const Probed probed = try_destination(*generation, std::move(errand));
    probe::Verdict verdict = probe::judge(probed.trial, probed.others);
    if (alone) {
        verdict.text = without_profile(std::move(verdict.text));
        verdict.remedy = without_profile(std::move(verdict.remedy));
    }
    const std::string not_saved = save(line, probed);
    if (line.json) {
        print_json(line, *destination, probed, verdict, not_saved);
    } else {
        print_end(line, *destination, probed, verdict);
        if (!not_saved.empty()) {
            std::cerr << "countersign: " << not_saved << '\n';
        } else if (!line.probe.save_chain.empty()) {
            print_saved(probed.missing, line.probe.save_chain);
        }
    }
    return verdict.good && not_saved.empty() ? 0 : 1;
}

int probe_alone(const CommandLine& line, const std::filesystem::path& configuration) {
    if (!line.probe.also.empty()) {
        return complain(
            wrong_usage("--also names a record of the configuration, and there is none"), line.json
        );
    }
    const auto generation = load_alone(line.probe);
    if (!generation) {
        return complain(
            {generation.error(),
             "Check the files of --key-store and --trust, and how the password is given. What is "
             "in a file is told by: countersign keystore lint FILE",
             1, true},
            line.json
        );
    }
    if (!line.probe.is_alone() && !line.json) {
        print_line(
            "note", "there is no configuration (" + configuration.string() +
                        "): no identity, and the system's authorities are trusted"
        );
    }
    return probe_one(*generation, line, true);
}

}  // namespace

int probe_command(const CommandLine& line) {
    const std::filesystem::path configuration = find_configuration(line);
    std::error_code error;
    const bool named = !line.configuration.empty() || line.probe.all;
    if (line.probe.is_alone() ||
        (!named && !std::filesystem::exists(configuration, error) && !error)) {
        return probe_alone(line, configuration);
    }
    const auto generation = generation::load(configuration);
    if (!generation) {
        return complain(problems_of(generation.error().lines, configuration), line.json);
    }
    return line.probe.all ? probe_all(**generation, line) : probe_one(*generation, line, false);
}

}  // namespace countersign::proxy::commands
