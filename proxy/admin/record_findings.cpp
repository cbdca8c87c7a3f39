#include "proxy/admin/record_findings.hpp"

#include <utility>
#include <variant>

#include "certs/lint/lint.hpp"

namespace countersign::proxy::admin {

RecordLint lint_record(
    const profiles::CertificateRecord& record, std::chrono::system_clock::time_point now
) {
    const certs::LintTime time{.now = now, .warn_before = record.warn_before_expiry};
    auto found = record.is_key_store()
                     ? certs::lint_key_store(std::get<certs::KeyStoreSource>(record.source), time)
                     : certs::lint_trust(std::get<certs::TrustSource>(record.source), time);
    if (!found) return {{}, found.error().message()};
    return {std::move(*found), {}};
}

RecordFindings record_findings(
    const profiles::Configuration& configuration, std::chrono::system_clock::time_point now,
    const std::stop_token& stop
) {
    RecordFindings all;
    for (const profiles::CertificateRecord& record : configuration.certificates) {
        if (stop.stop_requested()) break;
        if (record.active) all.emplace(record.name, lint_record(record, now));
    }
    return all;
}

}  // namespace countersign::proxy::admin
