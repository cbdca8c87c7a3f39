#include "proxy/admin/metrics_page.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "certs/text/word.hpp"
#include "proxy/admin/danger_switches.hpp"
#include "proxy/admin/readiness.hpp"
#include "proxy/tls/version.hpp"

namespace countersign::proxy::admin {

namespace {

using enum MetricType;

constexpr std::array<std::string_view, 6> kClasses{"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

double seconds_since_1970(std::chrono::system_clock::time_point time) {
    return std::chrono::duration<double>(time.time_since_epoch()).count();
}

std::uint64_t one_if(bool so) { return so ? 1 : 0; }

using Profiles = std::map<std::string_view, const metrics::ProfileCounts*>;

void write_exchanges(MetricsWriter& out, const metrics::WorkerSnapshot& workers) {
    Profiles profiles;
    for (const auto& [name, counts] : workers.exchanges.profiles()) profiles[name] = &counts;
    out.begin(
        "countersign_exchanges_total", counter,
        "Exchanges by profile and by the class of the status that the client got."
    );
    for (const auto& [name, counts] : profiles) {
        for (std::size_t i = 0; i < kClasses.size(); ++i) {
            const bool usual = kClasses[i] == "2xx";  // 0 is shown, so that a rate begins there
            if (counts->by_class[i] == 0 && !usual) continue;
            out.sample({{"profile", name}, {"code", kClasses[i]}}, counts->by_class[i]);
        }
    }
    out.begin(
        "countersign_exchange_failures_total", counter,
        "Exchanges that failed, by the error type of Proxy-Status and by whose fault it was."
    );
    for (const auto& [name, counts] : profiles) {
        for (const metrics::FailureCounts::Count& one : counts->failures.all()) {
            out.sample(
                {{"profile", name},
                 {"error", one.error},
                 {"side", certs::word_for(kSides, one.side)}},
                one.count
            );
        }
    }
    out.begin(
        "countersign_lenient_responses_total", counter,
        "Responses that passed by a leniency of their profile only (response_leniency)."
    );
    for (const auto& [name, counts] : profiles) {
        for (std::size_t i = 0; i < counts->by_leniency.size(); ++i) {
            if (counts->by_leniency[i] == 0) continue;
            const std::string_view word = profiles::kResponseLeniencies[i].text;
            out.sample({{"profile", name}, {"leniency", word}}, counts->by_leniency[i]);
        }
    }
    out.begin("countersign_request_body_bytes_total", counter, "Bytes of request bodies.");
    for (const auto& [name, counts] : profiles)
        out.sample({{"profile", name}}, counts->request_bytes);
    out.begin("countersign_response_bytes_total", counter, "Bytes of responses, heads and bodies.");
    for (const auto& [name, counts] : profiles)
        out.sample({{"profile", name}}, counts->response_bytes);

    const metrics::PhaseDurations& phases = workers.exchanges.phases();
    out.begin(
        "countersign_exchange_phase_seconds", histogram,
        "How long the parts of an exchange took; what it did not have to do is not counted."
    );
    out.histogram({"phase", "resolve"}, phases.resolve);
    out.histogram({"phase", "connect"}, phases.connect);
    out.histogram({"phase", "handshake"}, phases.handshake);
    out.histogram({"phase", "wait"}, phases.wait);
    out.histogram({"phase", "total"}, phases.total);
    out.begin(
        "countersign_exchanges_in_progress", gauge, "Exchanges and tunnels that are under way."
    );
    out.sample({}, workers.in_progress);
}

void write_revocation(MetricsWriter& out, const metrics::RevocationCounts& counts) {
    out.begin(
        "countersign_revocation_fetches_total", counter,
        "OCSP responders and lists that were asked about servers' certificates, by what came of it."
    );
    for (const auto& [kind, row] : {std::pair{"ocsp", counts.ocsp}, {"crl", counts.lists}}) {
        for (const auto& [word, outcome] : metrics::kRevocationFetches) {
            out.sample({{"kind", kind}, {"result", word}}, row[static_cast<std::size_t>(outcome)]);
        }
    }
}

void write_upstream(MetricsWriter& out, const metrics::WorkerSnapshot& workers) {
    out.begin(
        "countersign_upstream_handshakes_total", counter,
        "TLS handshakes with servers that succeeded."
    );
    out.sample({{"result", "full"}}, workers.handshakes.full);
    out.sample({{"result", "resumed"}}, workers.handshakes.resumed);
    out.begin(
        "countersign_upstream_handshake_retries_total", counter,
        "TLS handshakes that were made once more, without what the server may not have taken."
    );
    out.sample({{"left_off", "session"}}, workers.handshakes.again_without_session);
    out.sample({{"left_off", "large_hello"}}, workers.handshakes.again_without_large_hello);
    out.begin(
        "countersign_upstream_handshake_failures_total", counter,
        "TLS handshakes with servers that failed, by the error type of Proxy-Status and by whose "
        "fault it was."
    );
    for (const metrics::FailureCounts::Count& one : workers.handshakes.failures.all()) {
        out.sample({{"error", one.error}, {"side", certs::word_for(kSides, one.side)}}, one.count);
    }
    write_revocation(out, workers.revocation);
    out.begin("countersign_upstream_connections", gauge, "Connections to servers.");
    out.sample({{"state", "active"}}, workers.pool.active);
    out.sample({{"state", "idle"}}, workers.pool.idle);
    out.sample({{"state", "opening"}}, workers.pool.opening);
    out.begin(
        "countersign_upstream_waiting", gauge,
        "Exchanges that wait for a connection to their server."
    );
    out.sample({}, workers.pool.waiting);
    out.begin(
        "countersign_buffered_bytes", gauge,
        "Memory that holds bodies for slow clients, of limits.buffered."
    );
    out.sample({}, workers.buffered);
    out.begin(
        "countersign_upstream_connections_opened_total", counter,
        "Connections to servers that were opened."
    );
    out.sample({}, workers.connections.opened);
    out.begin(
        "countersign_upstream_connections_closed_total", counter,
        "Connections to servers that have ended, by cause."
    );
    for (const auto& [word, end] : metrics::kConnectionEnds) {
        out.sample({{"cause", word}}, workers.connections.closed[static_cast<std::size_t>(end)]);
    }
    out.begin(
        "countersign_upstream_circuits_open", gauge,
        "Addresses of servers that could not be connected to, and are not dialled for a while; for "
        "each worker that has found it."
    );
    out.sample({}, workers.circuits.open);
    out.begin(
        "countersign_upstream_circuits_opened_total", counter,
        "How often an address became one of those."
    );
    out.sample({}, workers.circuits.opened);
    out.begin(
        "countersign_upstream_circuit_refusals_total", counter,
        "Exchanges and tunnels that were refused since their server has no other address."
    );
    out.sample({}, workers.circuits.refused);
    out.begin(
        "countersign_dns_lookups_total", counter,
        "Names that were asked of the DNS, by what came of it."
    );
    out.sample({{"result", "found"}}, workers.names.found);
    out.sample({{"result", "not_found"}}, workers.names.not_found);
    out.sample({{"result", "timeout"}}, workers.names.timed_out);
    out.sample({{"result", "error"}}, workers.names.failed);
    out.begin(
        "countersign_dns_cache_hits_total", counter,
        "Names that an earlier answer of the DNS was good for."
    );
    out.sample({}, workers.names.cached);
}

void write_clients(MetricsWriter& out, const Measured& measured) {
    const metrics::WorkerSnapshot& workers = measured.workers;
    out.begin("countersign_client_connections", gauge, "Connections of clients that are served.");
    out.sample({}, workers.clients);
    out.begin(
        "countersign_client_connections_limit", gauge,
        "The most of them there may be (limits.client_connections)."
    );
    out.sample(
        {}, std::uint64_t{measured.state.generation->configuration().limits.client_connections}
    );
    out.begin(
        "countersign_client_connections_accepted_total", counter,
        "Connections of clients that were accepted."
    );
    out.sample({}, workers.client_counts.accepted);
    out.begin(
        "countersign_client_connections_refused_total", counter,
        "Connections of clients that were not, by cause."
    );
    out.sample({{"cause", "not_allowed"}}, workers.client_counts.not_allowed);
    out.sample({{"cause", "over_limit"}}, workers.client_counts.over_limit);
    out.sample({{"cause", "over_listener_limit"}}, workers.client_counts.over_listener_limit);
    out.sample({{"cause", "over_address_limit"}}, workers.client_counts.over_address_limit);
    out.sample({{"cause", "no_descriptor"}}, workers.client_counts.no_descriptor);
}

using TermKey = std::tuple<
    std::string_view, std::string_view, std::string_view, std::string_view, std::string_view>;

/// Of each profile: the certificates of its key store, and those that it trusts by name. One that
/// stands twice in a file is told once.
std::map<TermKey, const generation::CertificateTerm*> terms_by_profile(
    const generation::Generation& generation
) {
    std::multimap<std::string_view, const generation::CertificateTerm*> of_record;
    for (const generation::CertificateTerm& term : generation.terms()) {
        of_record.emplace(term.record, &term);
    }
    std::map<TermKey, const generation::CertificateTerm*> found;
    for (const profiles::Profile& profile : generation.configuration().profiles) {
        std::set<std::string_view> records{
            profile.trust.records.begin(), profile.trust.records.end()};
        if (profile.key_store) records.insert(*profile.key_store);
        for (const std::string_view record : records) {
            const auto [first, last] = of_record.equal_range(record);
            for (auto one = first; one != last; ++one) {
                const generation::CertificateTerm& term = *one->second;
                found.emplace(
                    TermKey{
                        profile.name, record, generation::to_text(term.role), term.subject,
                        term.serial},
                    &term
                );
            }
        }
    }
    return found;
}

void write_certificates(MetricsWriter& out, const generation::Generation& generation) {
    const auto terms = terms_by_profile(generation);
    const auto write = [&](std::chrono::system_clock::time_point certs::Lifetime::*when) {
        for (const auto& [key, term] : terms) {
            const auto& [profile, record, role, subject, serial] = key;
            out.sample(
                {{"profile", profile},
                 {"record", record},
                 {"role", role},
                 {"subject", subject},
                 {"serial", serial}},
                seconds_since_1970(term->life.*when)
            );
        }
    };
    out.begin(
        "countersign_certificate_not_after_timestamp_seconds", gauge,
        "When a certificate ends, in seconds since 1970."
    );
    write(&certs::Lifetime::not_after);
    out.begin(
        "countersign_certificate_not_before_timestamp_seconds", gauge,
        "When a certificate begins, in seconds since 1970."
    );
    write(&certs::Lifetime::not_before);
}

/// Of each profile and file: the latest of an authority's lists.
void write_lists(MetricsWriter& out, const generation::Generation& generation) {
    out.begin(
        "countersign_crl_next_update_timestamp_seconds", gauge,
        "When a revocation list ends, in seconds since 1970."
    );
    const auto& all = generation.profiles().profiles();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto* const lists = generation.route(static_cast<std::int32_t>(i)).tls->lists();
        if (lists == nullptr) continue;
        std::map<std::pair<std::string_view, std::string_view>, certs::Crl::Time> ends;
        for (const certs::Crl& crl : lists->lists()) {
            if (!crl.says_an_end) continue;
            auto& end = ends.try_emplace({crl.where, crl.issuer}, crl.next_update).first->second;
            end = std::max(end, crl.next_update);
        }
        for (const auto& [list, end] : ends) {
            out.sample(
                {{"profile", all[i].name}, {"file", list.first}, {"issuer", list.second}},
                seconds_since_1970(end)
            );
        }
    }
}

void write_dangers(MetricsWriter& out, const generation::Generation& generation) {
    out.begin("countersign_danger_switches", gauge, "1 for each danger_ switch that is on.");
    for (const SwitchOn& one : switches_on(generation.configuration())) {
        out.sample({{"switch", one.key}, {"profile", one.profile->name}}, std::uint64_t{1});
    }
}

void write_generation(MetricsWriter& out, const Measured& measured) {
    const ProcessState& state = measured.state;
    out.begin("countersign_ready", gauge, "1 where /readyz answers 200.");
    out.sample({}, one_if(not_ready_because(state, measured.now).empty()));
    out.begin("countersign_draining", gauge, "1 from the beginning of a stop.");
    out.sample({}, one_if(state.draining));
    out.begin(
        "countersign_generation", gauge, "The number of the load that serves; 1 is the start's."
    );
    out.sample({}, state.number);
    out.begin(
        "countersign_former_generations", gauge,
        "Earlier loads that exchanges or tunnels still end with."
    );
    out.sample({}, std::uint64_t{state.pinned});
    out.begin("countersign_reloads_total", counter, "Reloads, by what came of them.");
    out.sample({{"result", "adopted"}}, state.adopted);
    out.sample({{"result", "refused"}}, state.refused);
    out.begin("countersign_last_reload_successful", gauge, "0 where the last reload was refused.");
    out.sample({}, one_if(state.last_reload.successful()));
    out.begin(
        "countersign_last_reload_success_timestamp_seconds", gauge,
        "When what serves was loaded, in seconds since 1970."
    );
    out.sample({}, seconds_since_1970(state.last_reload.loaded));
    out.begin(
        "countersign_last_reload_duration_seconds", gauge,
        "How long the last reload took, 0 before the first."
    );
    out.sample({}, std::chrono::duration<double>(state.last_reload.took).count());
    write_certificates(out, *state.generation);
    write_lists(out, *state.generation);
    write_dangers(out, *state.generation);
}

void write_process(MetricsWriter& out, const Measured& measured) {
    out.begin("countersign_build_info", gauge, "1; the labels say what runs.");
    out.sample(
        {{"version", tls::program_version()}, {"openssl", tls::library_version()}}, std::uint64_t{1}
    );
    out.begin(
        "countersign_worker_lag_seconds", gauge,
        "How long a worker took to answer this question, between its exchanges."
    );
    for (std::size_t i = 0; i < measured.lags.size(); ++i) {
        if (!measured.lags[i]) continue;
        out.sample(
            {{"worker", std::to_string(i)}},
            std::chrono::duration<double>(*measured.lags[i]).count()
        );
    }
    out.begin(
        "countersign_log_dropped_bytes_total", counter,
        "Bytes of a log that were dropped, because who reads it did not keep up."
    );
    out.sample({{"log", "access"}}, measured.access_log_dropped);
    out.sample({{"log", "program"}}, measured.program_log_dropped);
    const ProcessUsage& usage = measured.usage;
    out.begin("process_cpu_seconds_total", counter, "CPU time, user and system.");
    out.sample({}, usage.cpu_seconds);
    out.begin("process_resident_memory_bytes", gauge, "Resident memory.");
    out.sample({}, usage.resident_bytes);
    out.begin("process_virtual_memory_bytes", gauge, "Virtual memory.");
    out.sample({}, usage.virtual_bytes);
    out.begin("process_open_fds", gauge, "Open file descriptors.");
    out.sample({}, usage.open_descriptors);
    out.begin("process_max_fds", gauge, "The most file descriptors there may be.");
    out.sample({}, usage.max_descriptors);
    out.begin("process_threads", gauge, "Threads.");
    out.sample({}, usage.threads);
    out.begin(
        "process_start_time_seconds", gauge, "When the process was started, in seconds since 1970."
    );
    out.sample({}, seconds_since_1970(measured.state.started));
}

}  // namespace

std::string metrics_page(const Measured& measured, MetricsFormat format) {
    MetricsWriter out{format};
    write_process(out, measured);
    write_generation(out, measured);
    write_exchanges(out, measured.workers);
    write_upstream(out, measured.workers);
    write_clients(out, measured);
    return out.take();
}

}  // namespace countersign::proxy::admin
