#include "proxy/commands/lint_records.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "proxy/admin/record_findings.hpp"
#include "proxy/generation/refused_identities.hpp"

namespace countersign::proxy::commands {
namespace {

using certs::Finding;
using certs::FindingCode;

bool is_about_time(const Finding& finding) {
    return finding.code == FindingCode::expired || finding.code == FindingCode::expires_soon ||
           finding.code == FindingCode::not_yet_valid;
}

bool is_about_strength(const Finding& finding) {
    return finding.code == FindingCode::weak_key || finding.code == FindingCode::weak_signature;
}

/// Whether every profile that presents the record sends a chain above its leaf, out of what it
/// trusts, or knows that a root stands above it.
bool is_completed(const generation::Generation& generation, const std::string& record) {
    const auto& profiles = generation.profiles().profiles();
    bool used = false;
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        if (profiles[i].key_store != record) continue;
        const auto& tls = generation.route(static_cast<std::int32_t>(i)).tls;
        const certs::Identity* const sent = tls ? tls->identity() : nullptr;
        if (sent == nullptr || (sent->chain().empty() && sent->root() == nullptr)) return false;
        used = true;
    }
    return used;
}

/// The switch by which the proxy makes do with what was found.
std::optional<profiles::Danger> switch_for(FindingCode code) {
    switch (code) {
        case FindingCode::weak_key:
            return profiles::Danger::weak_keys;
        case FindingCode::weak_signature:
            return profiles::Danger::sha1;
        case FindingCode::not_an_authority:
            return profiles::Danger::common_name;
        default:
            return std::nullopt;
    }
}

/// Whether every profile that presents or trusts the record has said that it makes do with that.
bool is_accepted(
    const profiles::Configuration& configuration, const std::string& record, profiles::Danger danger
) {
    bool used = false;
    for (const profiles::Profile& profile : configuration.profiles) {
        const bool trusts =
            std::ranges::find(profile.trust.records, record) != profile.trust.records.end();
        if (profile.key_store != record && !trusts) continue;
        if (!profile.tls.dangers.has(danger)) return false;
        used = true;
    }
    return used;
}

}  // namespace

void lint_records(
    const generation::Generation& generation, std::chrono::system_clock::time_point now,
    std::vector<std::string>& problems, std::vector<std::string>& warnings
) {
    for (const profiles::CertificateRecord& record : generation.configuration().certificates) {
        if (!record.active) continue;
        const bool told_elsewhere = generation::is_refused(generation, record.name);
        // One that cannot be opened is a problem of the load, and told there.
        for (const Finding& finding :
             admin::lint_record(record, generation.configuration(), now).findings) {
            if (is_about_time(finding)) continue;
            if (is_about_strength(finding) && told_elsewhere) continue;
            if (finding.code == FindingCode::chain_incomplete &&
                is_completed(generation, record.name)) {
                continue;
            }
            const auto danger = switch_for(finding.code);
            const bool grave =
                finding.severity == certs::Severity::error &&
                !(danger && is_accepted(generation.configuration(), record.name, *danger));
            std::vector<std::string>& list = grave ? problems : warnings;
            const std::string where = record.where.empty() ? "" : record.where + ": ";
            list.push_back(where + "certificate record '" + record.name + "': " + finding.text());
        }
    }
}

}  // namespace countersign::proxy::commands
