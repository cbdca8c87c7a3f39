#include "proxy/commands/keystore/entry_listing.hpp"

#include "certs/certificate.hpp"
#include "certs/java/java_alias.hpp"
#include "certs/lifetime.hpp"
#include "certs/make/key_pair.hpp"
#include "certs/printable.hpp"
#include "proxy/commands/print_document.hpp"

namespace countersign::proxy::commands {
namespace {

using std::chrono::system_clock;

ListedCertificate listed(const certs::X509Handle& certificate, system_clock::time_point now) {
    const X509* const raw = certificate.get();
    return {
        .subject = certs::subject_of(raw),
        .issuer = certs::issuer_of(raw),
        .serial = certs::serial_of(raw),
        .not_before = certs::not_before_of(raw),
        .not_after = certs::not_after_of(raw),
        .days_left = certs::days_until(certs::not_after_of(raw), now),
        .names = certs::subject_alt_names_of(raw),
        .key = certs::public_key_text(raw),
        .sha256 = certs::fingerprint_of(raw),
    };
}

std::string validity(const ListedCertificate& certificate) {
    return certs::date_text(certificate.not_before) + " to " +
           certs::date_text(certificate.not_after) + " (" +
           certs::days_left_text(certificate.days_left) + ")";
}

void add_line(std::string& out, std::string_view label, std::string_view value) {
    out.append("  ").append(label);
    out.append(9 - label.size(), ' ').append(value).append("\n");
}

void append_text(std::string& out, const ListedEntry& entry) {
    if (!out.empty()) out += "\n";
    if (entry.alias) out += certs::printable(*entry.alias) + ": ";
    out += entry.kind + "\n";
    if (entry.certificates.empty()) {
        out += "  without a certificate\n";
        return;
    }
    const ListedCertificate& leaf = entry.certificates.front();
    add_line(out, "subject", leaf.subject);
    add_line(out, "issuer", leaf.subject == leaf.issuer ? "itself" : leaf.issuer);
    add_line(out, "key", leaf.key);
    add_line(out, "valid", validity(leaf));
    for (std::size_t i = 0; i < leaf.names.size(); ++i) {
        add_line(out, i == 0 ? "names" : "", leaf.names[i]);
    }
    add_line(out, "serial", leaf.serial);
    add_line(out, "SHA-256", leaf.sha256);
    for (std::size_t i = 1; i < entry.certificates.size(); ++i) {
        const ListedCertificate& above = entry.certificates[i];
        add_line(
            out, i == 1 ? "chain" : "",
            above.subject + ", until " + certs::date_text(above.not_after)
        );
    }
}

boost::json::object json_of(const ListedCertificate& certificate) {
    return {
        {"subject", json_text(certificate.subject)},
        {"issuer", json_text(certificate.issuer)},
        {"serial", json_text(certificate.serial)},
        {"not_before", json_text(certs::to_text(certificate.not_before))},
        {"not_after", json_text(certs::to_text(certificate.not_after))},
        {"days_left", certificate.days_left},
        {"names", json_list(certificate.names)},
        {"key", json_text(certificate.key)},
        {"sha256", json_text(certificate.sha256)},
    };
}

}  // namespace

std::vector<ListedEntry> list_store(
    const certs::StoreDraft& store, const std::optional<std::string>& alias,
    system_clock::time_point now
) {
    const bool has_aliases = certs::has_aliases(store.container());
    std::vector<ListedEntry> entries;
    const auto is_meant = [&](const std::string& name) {
        return !alias || !has_aliases || certs::same_in_java(name, *alias);
    };
    const auto name_of = [&](const std::string& name) {
        return has_aliases ? std::optional{name} : std::nullopt;
    };
    for (const certs::KeyEntry& key : store.entries().keys) {
        if (!is_meant(key.alias)) continue;
        ListedEntry entry{"private key", name_of(key.alias), {}};
        for (const auto& each : key.certificates) entry.certificates.push_back(listed(each, now));
        entries.push_back(std::move(entry));
    }
    for (const certs::TrustedEntry& trusted : store.entries().trusted) {
        if (!is_meant(trusted.alias)) continue;
        entries.push_back(
            {"trusted certificate", name_of(trusted.alias), {listed(trusted.certificate, now)}}
        );
    }
    if (alias && has_aliases) return entries;
    for (const auto& loose : store.entries().loose) {
        entries.push_back({"certificate", std::nullopt, {listed(loose, now)}});
    }
    return entries;
}

std::string listing_as_text(const std::vector<ListedEntry>& entries) {
    std::string out;
    for (const ListedEntry& entry : entries) append_text(out, entry);
    return out;
}

boost::json::array listing_as_json(const std::vector<ListedEntry>& entries) {
    return json_list(entries, [](const ListedEntry& entry) {
        return boost::json::object{
            {"kind", json_text(entry.kind)},
            {"alias", json_text_or_null(entry.alias)},
            {"certificates", json_list(entry.certificates, json_of)},
        };
    });
}

}  // namespace countersign::proxy::commands
