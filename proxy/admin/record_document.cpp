#include "proxy/admin/record_document.hpp"

#include <map>
#include <variant>

#include "certs/certificate.hpp"
#include "certs/make/key_pair.hpp"
#include "proxy/admin/certificate_facts.hpp"
#include "proxy/admin/json_document.hpp"
#include "proxy/generation/refused_identities.hpp"

namespace countersign::proxy::admin {

namespace {

namespace json = boost::json;
using TimePoint = std::chrono::system_clock::time_point;

struct Held {
    std::string_view role;
    X509* certificate;
};

/// Of an active record, leaf upwards or as trusted.
std::vector<Held> held_by(
    const generation::Generation& generation, const profiles::CertificateRecord& record
) {
    std::vector<Held> all;
    if (const auto identity = generation.identity_of(record.name)) {
        all.push_back({"leaf", identity->leaf()});
        for (const auto& one : identity->chain()) all.push_back({"chain", one.get()});
        if (identity->root() != nullptr) all.push_back({"root", identity->root()});
    } else if (const auto trust = generation.trust_of(record.name)) {
        for (const auto& one : trust->certificates()) all.push_back({"trusted", one.get()});
    }
    return all;
}

using Users = std::map<std::string_view, std::vector<std::string>>;

/// The profiles that present or trust each record, by its name.
Users users_in(const profiles::Configuration& configuration) {
    Users users;
    const auto add = [&users](std::string_view record, const std::string& profile) {
        std::vector<std::string>& all = users[record];
        if (all.empty() || all.back() != profile) all.push_back(profile);
    };
    for (const profiles::Profile& profile : configuration.profiles) {
        if (profile.key_store) add(*profile.key_store, profile.name);
        for (const std::string& record : profile.trust.records) add(record, profile.name);
    }
    return users;
}

std::vector<std::string> files_of(const profiles::CertificateRecord& record) {
    std::vector<std::string> files;
    if (const auto* const store = std::get_if<certs::KeyStoreSource>(&record.source)) {
        files.push_back(store->file.native());
        if (store->key_file) files.push_back(store->key_file->native());
        for (const auto& file : store->chain_files) files.push_back(file.native());
    } else if (const auto* const trust = std::get_if<certs::TrustFile>(
                   &std::get<certs::TrustSource>(record.source)
               )) {
        files.push_back(trust->path.native());
    }
    return files;
}

std::string_view type_of(const profiles::CertificateRecord& record) {
    const auto* const store = std::get_if<certs::KeyStoreSource>(&record.source);
    return store == nullptr ? profiles::kTrustRecord
                            : certs::word_for(certs::kKeyStoreFormats, store->declared);
}

/// How the record stands: a word for programs, and words for people.
struct State {
    std::string_view word;
    std::string text;
};

std::string_view word_for(certs::Standing standing) {
    switch (standing) {
        case certs::Standing::valid:
            return "good";
        case certs::Standing::ends_soon:
            return "ends_soon";
        case certs::Standing::expired:
            return "expired";
        case certs::Standing::not_yet_valid:
            return "not_yet_valid";
    }
    return {};
}

State state_of_one(const certs::Lifetime& life, TimePoint now, std::chrono::hours warn_before) {
    const certs::Standing standing = certs::standing_of(life, now, warn_before);
    const bool runs = standing == certs::Standing::valid || standing == certs::Standing::ends_soon;
    return {
        word_for(standing), runs ? certs::days_left_text(certs::days_until(life.not_after, now))
                                 : certs::standing_text(life, now, warn_before)};
}

/// Of a bundle only what concerns all of it is its state; what concerns some is told in its words.
State state_of_many(const std::vector<Held>& held, TimePoint now, std::chrono::hours warn_before) {
    std::size_t ended = 0;
    certs::Lifetime first = certs::Lifetime::of(held.front().certificate);
    bool any = false;
    for (const Held& one : held) {
        const auto life = certs::Lifetime::of(one.certificate);
        if (certs::standing_of(life, now) == certs::Standing::expired) {
            ++ended;
        } else if (!any || life.not_after < first.not_after) {
            first = life;
            any = true;
        }
    }
    State state = state_of_one(first, now, warn_before);
    if (ended > 0 && held.size() > 1) {
        state.text += "; " + std::to_string(ended) + " of " + std::to_string(held.size()) +
                      (ended == 1 ? " has expired" : " have expired");
    }
    return state;
}

State state_of(
    const generation::Generation& generation, const profiles::CertificateRecord& record,
    const std::vector<Held>& held, TimePoint now
) {
    if (!record.active) return {"inactive", "inactive"};
    if (held.empty()) return {"refused", "not loaded"};
    if (generation::is_refused(generation, record.name)) {
        return {"refused", "too weak for OpenSSL's security level"};
    }
    if (record.is_key_store()) {
        return state_of_one(
            certs::Lifetime::of(held.front().certificate), now, record.warn_before_expiry
        );
    }
    return state_of_many(held, now, record.warn_before_expiry);
}

json::object facts_of(const Held& held, TimePoint now) {
    json::object object{{"role", json_text(held.role)}};
    for (auto& fact : certificate_facts(held.certificate, now)) object.insert(fact);
    return object;
}

/// Null: not known yet, or the record is not active.
const RecordLint* lint_of(const RecordFindings* findings, const std::string& record) {
    if (findings == nullptr) return nullptr;
    const auto found = findings->find(record);
    return found == findings->end() ? nullptr : &found->second;
}

json::object summary_of(
    const generation::Generation& generation, const profiles::CertificateRecord& record,
    const std::vector<Held>& held, const Users& users, const RecordLint* lint, TimePoint now
) {
    const State state = state_of(generation, record, held, now);
    const auto used = users.find(record.name);
    json::object object{
        {"name", json_text(record.name)},
        {"active", record.active},
        {"type", json_text(type_of(record))},
        {"kind", record.is_key_store() ? "key store" : "trust"},
        {"description", json_text(record.description)},
        {"files", json_list(files_of(record))},
        {"where", json_text(record.where)},
        {"used_by", used == users.end() ? json::array{} : json_list(used->second)},
        {"count", held.size()},
        {"state", json_text(state.word)},
        {"state_text", json_text(state.text)},
        {"findings", nullptr},
        {"subject", nullptr},
        {"issuer", nullptr},
        {"key", nullptr},
        {"not_after", nullptr},
        {"days_left", nullptr},
    };
    if (lint != nullptr) {
        object["findings"] = lint->findings.size() + (lint->problem.empty() ? 0 : 1);
    } else if (!record.active) {
        object["findings"] = 0;
    }
    if (held.empty()) return object;
    const X509* const first = held.front().certificate;
    object["subject"] = json_text(certs::subject_of(first));
    object["issuer"] = json_text(certs::issuer_of(first));
    object["key"] = json_text(certs::public_key_text(first));
    object["not_after"] = json_text(certs::to_text(certs::not_after_of(first)));
    object["days_left"] = certs::days_until(certs::not_after_of(first), now);
    return object;
}

}  // namespace

json::array record_objects(
    const generation::Generation& generation, const RecordFindings* findings, TimePoint now
) {
    const Users users = users_in(generation.configuration());
    return json_list(
        generation.configuration().certificates,
        [&](const profiles::CertificateRecord& record) {
            return summary_of(
                generation, record, held_by(generation, record), users,
                lint_of(findings, record.name), now
            );
        }
    );
}

std::vector<std::string> users_of(
    const profiles::Configuration& configuration, std::string_view record
) {
    const Users users = users_in(configuration);
    const auto found = users.find(record);
    return found == users.end() ? std::vector<std::string>{} : found->second;
}

json::object record_object(
    const generation::Generation& generation, const profiles::CertificateRecord& record,
    const RecordFindings* findings, TimePoint now
) {
    const std::vector<Held> held = held_by(generation, record);
    const RecordLint* const lint = lint_of(findings, record.name);
    const Users users = users_in(generation.configuration());
    json::object object = summary_of(generation, record, held, users, lint, now);
    object["certificates"] = json_list(held, [now](const Held& one) { return facts_of(one, now); });
    object["lint"] = json::array{};
    object["lint_problem"] = nullptr;
    if (lint == nullptr) return object;
    object["lint"] = json_list(lint->findings, [](const auto& one) { return finding_facts(one); });
    if (!lint->problem.empty()) object["lint_problem"] = json_text(lint->problem);
    return object;
}

}  // namespace countersign::proxy::admin
