#include "proxy/admin/record_findings.hpp"

#include <exception>
#include <utility>
#include <variant>

#include "certs/lint/lint.hpp"
#include "proxy/log/log.hpp"

namespace countersign::proxy::admin {

RecordLint lint_record(
    const profiles::CertificateRecord& record, const profiles::Configuration& configuration,
    std::chrono::system_clock::time_point now
) {
    const auto use = configuration.is_for_admin_alone(record.name) ? certs::LeafUse::server
                                                                   : certs::LeafUse::client;
    const certs::LintTime time{.now = now, .warn_before = record.warn_before_expiry};
    auto found =
        record.is_key_store()
            ? certs::lint_key_store(std::get<certs::KeyStoreSource>(record.source), time, use)
            : certs::lint_trust(std::get<certs::TrustSource>(record.source), time);
    if (!found) return {{}, found.error().message()};
    return {std::move(*found), {}};
}

namespace {

/// Whatever becomes of one record, the others are looked at.
RecordLint lint_or_tell(
    const profiles::CertificateRecord& record, const profiles::Configuration& configuration,
    std::chrono::system_clock::time_point now
) {
    try {
        return lint_record(record, configuration, now);
    } catch (...) {
        log::escaped("lint of a certificate record", std::current_exception());
        return {{}, "lint failed by an exception, which is in the log. Report it."};
    }
}

}  // namespace

RecordFindings record_findings(
    const profiles::Configuration& configuration, std::chrono::system_clock::time_point now,
    const std::stop_token& stop
) {
    RecordFindings all;
    for (const profiles::CertificateRecord& record : configuration.certificates) {
        if (stop.stop_requested()) break;
        if (record.active) all.emplace(record.name, lint_or_tell(record, configuration, now));
    }
    return all;
}

}  // namespace countersign::proxy::admin
