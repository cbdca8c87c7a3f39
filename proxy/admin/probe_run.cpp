#include "proxy/admin/probe_run.hpp"

#include <boost/json/array.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/write/pem_block.hpp"
#include "proxy/admin/certificate_facts.hpp"
#include "proxy/admin/json_document.hpp"
#include "proxy/admin/probe_document.hpp"
#include "proxy/generation/tls_build.hpp"
#include "proxy/probe/trial_teller.hpp"
#include "proxy/probe/without_identity.hpp"
#include "proxy/records/inspection.hpp"
#include "proxy/upstream/addresses/own_endpoints.hpp"

namespace countersign::proxy::admin {

namespace {

namespace json = boost::json;

json::string pem_of(const X509* certificate) {
    const auto pem = certs::pem_block_of(certificate);
    return pem ? json_text(certs::as_text(*pem)) : json::string{};
}

}  // namespace

ProbeRun::ProbeRun(
    std::shared_ptr<const generation::Generation> generation, std::string url,
    explain::ProbedDestination destination, std::shared_ptr<const records::RecordDraft> draft,
    Tell tell
)
    : generation_{std::move(generation)},
      url_{std::move(url)},
      destination_{std::move(destination)},
      draft_{std::move(draft)},
      tell_{std::move(tell)} {}

std::string ProbeRun::take_draft() {
    if (draft_ == nullptr) return {};
    auto loaded = records::open_identity(*draft_);
    if (!loaded) return loaded.error().sentence;
    tls::TlsContextParts parts = destination_.terms.tls->parts();
    parts.identity = std::make_shared<const certs::Identity>(std::move(loaded->identity));
    generation::KeyMaterial::Completed completed;
    std::vector<generation::WantedTls> wanted;
    wanted.push_back({std::move(parts), nullptr});
    auto made = std::move(generation::make_tls(std::move(wanted), completed, {}).front());
    if (!made) return made.error();
    if (!(*made)->refused().empty()) return (*made)->refusal();
    destination_.terms.tls = std::move(*made);
    return {};
}

void ProbeRun::run() {
    if (const std::string wrong = take_draft(); !wrong.empty()) {
        const json::object fault{{"text", json_text(wrong)}};
        return tell_("fault", fault);
    }
    const auto own = upstream::addresses::OwnEndpoints::of(generation_->configuration());
    upstream::dns::NameFiles names;
    probe::Prober prober{
        names, own, generation_->buffer_sizes(), generation_->configuration().limits.header_count};
    if (!set_prober(&prober)) return;
    try {
        prober.spawn(try_all(prober));
        prober.run();
    } catch (...) {
        set_prober(nullptr);
        throw;
    }
    if (set_prober(nullptr)) tell_("probed", document());
}

bool ProbeRun::set_prober(probe::Prober* prober) {
    const std::lock_guard lock{mutex_};
    prober_ = prober;
    return !cancelled_;
}

void ProbeRun::cancel() {
    const std::lock_guard lock{mutex_};
    cancelled_ = true;
    if (prober_ != nullptr) prober_->cancel();
}

void ProbeRun::tell_step(std::string_view name, std::string_view text) const {
    const json::object step{{"name", json_text(name)}, {"text", json_text(text)}};
    tell_("step", step);
}

net::Task<void> ProbeRun::try_all(probe::Prober& prober) {
    probe::TrialTerms terms = destination_.terms;
    probe::TrialTeller teller{
        destination_.terms, [this](auto name, auto text) { tell_step(name, text); }};
    trial_ = co_await prober.attempt(terms, &teller);
    teller.end(trial_);
    if (trial_.report.tls && !trial_.report.complete) {
        std::vector<certs::X509Handle> shown = certs::share(trial_.report.tls->shown);
        missing_ = co_await prober.fetch_missing(std::move(shown), terms.rules);
    }
    if (!probe::asks_for_comparison(trial_)) co_return;
    terms.tls = probe::without_identity(*terms.tls);
    probe::OtherTrial other{"without a client certificate", {}};
    other.trial = co_await prober.attempt(terms);
    tell_step("again", other.with + ": " + probe::outcome_text(other.trial, terms.host));
    others_.push_back(std::move(other));
}

json::object ProbeRun::document() const {
    const auto now = std::chrono::system_clock::now();
    json::object object = probe_document(
        url_, destination_.profile, destination_.terms, trial_, others_,
        probe::judge(trial_, others_), now
    );
    // What can be trusted by a record, once somebody has compared it.
    json::array found;
    if (trial_.report.tls) {
        for (const certs::X509Handle& one : trial_.report.tls->shown) {
            json::object facts = certificate_facts(one.get(), now);
            facts["fetched_from"] = nullptr;
            facts["pem"] = pem_of(one.get());
            found.push_back(std::move(facts));
        }
    }
    for (const auto& [certificate, url] : missing_.fetched) {
        json::object facts = certificate_facts(certificate.get(), now);
        facts["fetched_from"] = json_text(url);
        facts["pem"] = pem_of(certificate.get());
        found.push_back(std::move(facts));
    }
    object["found"] = std::move(found);
    return object;
}

}  // namespace countersign::proxy::admin
