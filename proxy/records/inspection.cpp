#include "proxy/records/inspection.hpp"

#include <iterator>
#include <ranges>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/key_store.hpp"
#include "certs/lint/lint.hpp"
#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "certs/write/pem_writer.hpp"
#include "profiles/certificate_record.hpp"

namespace countersign::proxy::records {

namespace {

using Entries = certs::KeyStoreEntries;

std::string name_of(const RecordDraft& draft) {
    if (!draft.file_name.empty()) return certs::printable(draft.file_name);
    return draft.name.empty() ? "the file" : certs::printable(draft.name);
}

/// By what it holds: keys make a key store, certificates alone a trust store.
std::string_view type_of(const Entries& entries) {
    if (!entries.keys.empty()) return certs::word_for(certs::kKeyStoreFormats, entries.found);
    const bool any = !entries.trusted.empty() || !entries.loose.empty();
    return any ? profiles::kTrustRecord : std::string_view{};
}

certs::KeyStoreSource source_of(const RecordDraft& draft, const Entries& entries) {
    certs::KeyStoreSource source;
    source.declared = entries.found;
    source.file = name_of(draft);
    if (draft.password) source.password = *draft.password;
    if (draft.key_password) source.key_password = *draft.key_password;
    source.alias = draft.alias;
    return source;
}

std::vector<InspectedEntry> inspected(Entries& entries) {
    std::vector<InspectedEntry> all;
    for (certs::KeyEntry& key : entries.keys) {
        all.push_back({"key", key.alias, std::move(key.certificates)});
    }
    for (certs::TrustedEntry& entry : entries.trusted) {
        all.push_back({"trusted", entry.alias, {}});
        all.back().certificates.push_back(std::move(entry.certificate));
    }
    for (certs::X509Handle& one : entries.loose) {
        all.push_back({"certificate", {}, {}});
        all.back().certificates.push_back(std::move(one));
    }
    return all;
}

/// PEM says of no certificate whose it is: the key's own is put to the key, and the authorities
/// above it stay among the others.
void put_together(Entries& entries, X509* leaf) {
    if (entries.keys.size() != 1 || !entries.keys.front().certificates.empty()) return;
    const std::string own = certs::fingerprint_of(leaf);
    std::erase_if(entries.loose, [&own](const certs::X509Handle& one) {
        return certs::fingerprint_of(one.get()) == own;
    });
    entries.keys.front().certificates.push_back(certs::share(leaf));
}

/// Whether it opens as an identity; what lint says is told of one that does not, too.
void try_identity(
    const RecordDraft& draft, Entries& entries, Inspection& found, const certs::LintTime& time
) {
    const certs::KeyStoreSource source = source_of(draft, entries);
    auto identity = certs::IdentityLoader{source, certs::Audience::form}.load(draft.content);
    if (identity) {
        put_together(entries, identity->identity.leaf());
        std::ranges::move(identity->notes, std::back_inserter(found.notes));
    } else {
        found.problem = identity.error().message(certs::Audience::form);
    }
    auto findings = certs::lint_key_store(draft.content, source, time);
    if (findings) found.findings = std::move(*findings);
}

void try_trust(
    const RecordDraft& draft, const Entries& entries, Inspection& found, const certs::LintTime& time
) {
    std::vector<certs::X509Handle> trusted = certs::share(entries.loose);
    for (const certs::TrustedEntry& entry : entries.trusted) {
        trusted.push_back(certs::share(entry.certificate.get()));
    }
    const auto pem = certs::write_pem(trusted);
    if (!pem) {
        found.problem = pem.error().sentence;
        return;
    }
    auto findings = certs::lint_trust(
        certs::TrustInlinePem{std::string{certs::as_text(*pem)}, name_of(draft)}, time
    );
    if (findings) {
        found.findings = std::move(*findings);
    } else {
        found.problem = findings.error().message(certs::Audience::trust_record);
    }
}

}  // namespace

certs::EditResult<certs::LoadedIdentity> open_identity(const RecordDraft& draft) {
    const auto entries = certs::read_entries(draft.content, draft.password, name_of(draft));
    if (!entries) return certs::EditError{entries.error().message(certs::Audience::form)};
    const certs::KeyStoreSource source = source_of(draft, *entries);
    auto identity = certs::IdentityLoader{source, certs::Audience::form}.load(draft.content);
    if (!identity) return certs::EditError{identity.error().message(certs::Audience::form)};
    return std::move(*identity);
}

Inspection inspect(const RecordDraft& draft, std::chrono::system_clock::time_point now) {
    Inspection found;
    const certs::LintTime time{.now = now};
    auto entries = certs::read_entries(draft.content, draft.password, name_of(draft));
    if (!entries) {
        found.problem = entries.error().message(certs::Audience::form);
        return found;
    }
    found.container = entries->container;
    found.type = type_of(*entries);
    found.notes = entries->notes;
    const bool is_trust = found.type == profiles::kTrustRecord;
    if (found.type.empty()) {
        found.problem = name_of(draft) + " holds neither a private key nor a certificate.";
    } else if (draft.type == profiles::kTrustRecord && !is_trust) {
        found.problem = name_of(draft) +
                        " holds a private key, and a trust_store_cert holds "
                        "certificates alone. Choose " +
                        std::string{found.type} + ".";
    } else if (!is_trust || (!draft.type.empty() && draft.type != profiles::kTrustRecord)) {
        try_identity(draft, *entries, found, time);
    } else {
        try_trust(draft, *entries, found, time);
    }
    found.entries = inspected(*entries);
    return found;
}

}  // namespace countersign::proxy::records
