#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "certs/file_exposure.hpp"
#include "certs/key_store.hpp"
#include "proxy/generation/admin_token.hpp"
#include "proxy/generation/configuration_warnings.hpp"
#include "proxy/generation/former_tls.hpp"
#include "proxy/generation/generation.hpp"
#include "proxy/generation/key_material_files.hpp"
#include "proxy/generation/load_edits.hpp"
#include "proxy/generation/tls_build.hpp"

namespace countersign::proxy::generation {

namespace {

using Problems = std::vector<std::string>;

/// In front of a problem: where in the configuration it comes from, as far as that is known.
std::string about_record(const std::string& name, const std::string& text) {
    return "certificate record '" + name + "': " + text;
}

/// In front of what is said of it.
std::string about_profile(const profiles::Profile& profile) {
    return at(profile.where) + "profile '" + profile.name + "'";
}

}  // namespace

/// Builds one generation, and goes on after a problem so that all of them are found. What has not
/// changed by content since `before` is taken over from it, so that connections and TLS sessions
/// live on.
class Generation::Builder {
public:
    Builder(Generation& generation, const Generation* before, certs::ContentStates& states)
        : out_{generation}, before_{before}, states_{states} {
        if (before == nullptr) return;
        note_former_terms();
        const auto& profiles = before->profiles_.profiles();
        for (std::size_t i = 0; i < profiles.size(); ++i)
            former_[profiles[i].name] = &before->routes_[i];
    }

    Problems build() {
        out_.warnings_ = warnings_of(out_.configuration_);
        load_records();
        for (const profiles::Profile& profile : out_.profiles_.profiles()) add_route(profile);
        add_unmatched();
        add_tls();
        out_.clients_ = ClientDirectory::load(out_.configuration_.clients, problems_);
        for (const profiles::NamedClient& client : out_.configuration_.clients)
            look_at_source(client.password, "a client's password", client.where);
        load_admin_token();
        load_console_users();
        load_admin_tls();
        // A look finds no such state, and has it loaded again.
        if (!settled_) out_.state_.clear();
        return std::move(problems_);
    }

private:
    using SharedTrust = Shared<certs::TrustStore>;
    struct Wanted {
        std::string what;  ///< in front of a problem
        WantedTls tls;
        std::optional<std::size_t> profile;  ///< none: what has no profile
    };

    void load_records() {
        std::vector<const profiles::CertificateRecord*> records;
        std::vector<WantedKeyStore> wanted;
        for (const profiles::CertificateRecord& record : out_.configuration_.certificates) {
            if (!record.active) continue;
            records.push_back(&record);
            if (!record.is_key_store()) continue;
            const auto& source = std::get<certs::KeyStoreSource>(record.source);
            const std::vector<std::filesystem::path> files = files_of(source);
            wanted.push_back(
                {&source, states_.are_digests(files) ? states_.of(files) : std::string{},
                 find_loaded(former_material().key_stores, record.name)}
            );
        }
        auto key_stores = load_key_stores(std::move(wanted), settled_);
        auto key_store = key_stores.begin();
        for (const profiles::CertificateRecord* record : records) {
            if (record->is_key_store()) {
                add_key_store(*record, std::move(*key_store++));
            } else if (SharedTrust trust = load_trust({record->name}, false, record->where);
                       trust) {
                add_terms(terms_of(*record, *trust));
            } else {
                bad_records_.push_back(record->name);
            }
        }
    }

    void add_key_store(
        const profiles::CertificateRecord& record, certs::LoadResult<Shared<LoadedKeyStore>> loaded
    ) {
        const auto& source = std::get<certs::KeyStoreSource>(record.source);
        if (!loaded) {
            problems_.push_back(
                at(record.where) + about_record(record.name, loaded.error().message())
            );
            return;
        }
        const LoadedKeyStore& store = **loaded;
        add_notes(record.name, store.notes);
        if (!take_over_terms(record, *loaded)) {
            add_terms(terms_of(record, *store.identity, store.renewal));
        }
        for (const std::filesystem::path& file : store.files_with_keys)
            look_at_rights(file, "a private key", record.where);
        look_at_source(source.password, "the password of a key store", record.where);
        look_at_source(source.key_password, "the password of a private key", record.where);
        out_.key_material_.key_stores[record.name] = std::move(*loaded);
    }

    /// What there was to say of the very same certificates of the very same record.
    bool take_over_terms(
        const profiles::CertificateRecord& record, const Shared<LoadedKeyStore>& loaded
    ) {
        if (find_loaded(former_material().key_stores, record.name) != loaded) return false;
        const auto known = former_terms_.find(record.name);
        if (known == former_terms_.end()) return false;
        const std::span<const CertificateTerm> terms = known->second;
        if (terms.front().where != record.where) return false;
        if (terms.front().warn_before != record.warn_before_expiry) return false;
        out_.terms_.insert(out_.terms_.end(), terms.begin(), terms.end());
        return true;
    }

    void note_former_terms() {
        const std::vector<CertificateTerm>& terms = before_->terms_;
        for (auto begin = terms.begin(); begin != terms.end();) {
            const auto end = std::find_if(begin, terms.end(), [begin](const CertificateTerm& term) {
                return term.record != begin->record;
            });
            former_terms_.emplace(begin->record, std::span{begin, end});
            begin = end;
        }
    }

    const KeyMaterial& former_material() const {
        static const KeyMaterial kNone;
        return before_ != nullptr ? before_->key_material_ : kNone;
    }

    void carry_over(const Route* former, Route& route) {
        if (former != nullptr && *former->rules == *route.rules) route.rules = former->rules;
    }

    /// A secret in a file is for those who need it. Told once, whoever names the file.
    void look_at_rights(
        const std::filesystem::path& file, std::string_view what, const std::string& where
    ) {
        if (!looked_at_.insert(file.native()).second) return;
        const std::string warning = certs::exposure_warning(file, what);
        if (!warning.empty()) out_.warnings_.push_back(at(where) + warning);
    }

    void look_at_source(
        const std::optional<certs::PasswordSource>& source, std::string_view what,
        const std::string& where
    ) {
        if (!source) return;
        const auto* file = std::get_if<certs::PasswordFile>(&*source);
        if (file != nullptr) look_at_rights(file->path, what, where);
    }

    void add_terms(std::vector<CertificateTerm> terms) {
        std::ranges::move(terms, std::back_inserter(out_.terms_));
    }

    void add_notes(const std::string& record, const std::vector<std::string>& notes) {
        for (const std::string& note : notes) out_.notes_.push_back(about_record(record, note));
    }

    /// The trust store of these records (and the system's), made once for all who name the same.
    /// Null: a problem that is told already.
    SharedTrust load_trust(
        const std::vector<std::string>& records, bool system, const std::string& where
    ) {
        const std::string key = trust_key(records, system);
        std::vector<certs::TrustSource> sources;
        if (system) sources.emplace_back(certs::TrustSystem{});
        for (const std::string& name : records) {
            if (std::find(bad_records_.begin(), bad_records_.end(), name) != bad_records_.end()) {
                return nullptr;
            }
            const profiles::CertificateRecord* record = out_.configuration_.find_certificate(name);
            sources.push_back(std::get<certs::TrustSource>(record->source));
        }
        auto& made = out_.key_material_.trust;
        if (const auto known = made.find(key); known != made.end()) return store_of(known->second);
        constexpr auto kTrust = certs::Audience::trust_record;
        const bool one_record = records.size() == 1 && !system;
        auto loaded = generation::load_trust(
            sources, find_loaded(former_material().trust, key), states_, settled_
        );
        if (!loaded) {
            const std::string text = loaded.error().message(kTrust);
            problems_.push_back(
                at(where) + (one_record ? about_record(records.front(), text) : "trust: " + text)
            );
            made[key] = nullptr;
            return nullptr;
        }
        if (one_record) {
            add_notes(records.front(), (*loaded)->store->notes());
            for (const std::string& fault : (*loaded)->store->faults()) {
                out_.trust_faults_.push_back(at(where) + about_record(records.front(), fault));
            }
        }
        return store_of(made[key] = std::move(*loaded));
    }

    static SharedTrust store_of(const Shared<LoadedTrust>& loaded) {
        return loaded ? loaded->store : nullptr;
    }

    void add_route(const profiles::Profile& profile) {
        Route route;
        route.retry = profile.retry;
        route.leniency = profile.response_leniency;
        route.rules = std::make_shared<const upstream::addresses::OriginRules>(
            upstream::addresses::OriginRules{
                profile.name, profile.timeouts, profile.pool, profile.connect_to,
                out_.configuration_.addresses}
        );
        route.edits = load_edits(profile, problems_);
        for (const profiles::SetField& field : profile.request_headers.set) {
            look_at_source(field.value, "the value of a request's field", field.where);
        }
        tls::TlsContextParts parts;
        parts.trust = load_trust(profile.trust.records, profile.trust.system, profile.where);
        parts.rules = profile.tls;
        bool complete = parts.trust != nullptr;
        if (!profile.tls.crl.empty()) {
            auto lists = load_lists(
                profile.tls.crl, out_.key_material_, former_material(), states_, settled_
            );
            if (lists) {
                parts.lists = std::move(*lists);
            } else {
                complete = false;
                problems_.push_back(
                    about_profile(profile) + ": tls.crl: " + lists.error().message()
                );
            }
        }
        if (profile.key_store) {
            const auto loaded = find_loaded(out_.key_material_.key_stores, *profile.key_store);
            if (loaded) {
                parts.identity = loaded->identity;
                parts.send_root = loaded->source.send_root;
            } else {
                complete = false;  // the record's own problem says why
            }
        }
        const Route* const former = former_route(profile.name);
        carry_over(former, route);
        if (complete)
            want_tls(about_profile(profile), std::move(parts), former, out_.routes_.size());
        out_.routes_.push_back(std::move(route));
    }

    /// The very record, as it was written: another file or alias under its name is no renewal.
    bool had_same_key_store(const profiles::Profile& profile) const {
        const profiles::ProfileSet& set = before_->profiles_;
        if (set[set.index_of(profile.name)].key_store != profile.key_store) return false;
        if (!profile.key_store) return true;
        const auto before = find_loaded(former_material().key_stores, *profile.key_store);
        const auto now = find_loaded(out_.key_material_.key_stores, *profile.key_store);
        return before && now && name_one_key(before->source, now->source);
    }

    const Route* former_route(const std::string& profile) const {
        const auto known = former_.find(profile);
        return known != former_.end() ? known->second : nullptr;
    }

    void load_admin_token() {
        const profiles::AdminRules& rules = out_.configuration_.admin;
        if (!rules.token) return;
        look_at_source(rules.token, "the admin token", rules.token_where);
        if (auto digest = admin_token_digest(*rules.token)) {
            out_.admin_token_ = *digest;
        } else {
            problems_.push_back(at(rules.token_where) + "admin.token: " + digest.error());
        }
    }

    void load_console_users() {
        const profiles::ConsoleRules& rules = out_.configuration_.console;
        if (!rules.users) return;
        look_at_source(rules.users, "passwords of the console's users", rules.users_where);
        out_.console_users_ = ConsoleUsers::load(*rules.users, rules.users_where, problems_);
    }

    void load_admin_tls() {
        const auto& rules = out_.configuration_.admin.tls;
        for (CertificateTerm& term : out_.terms_)
            term.for_admin_alone = out_.configuration_.is_for_admin_alone(term.record);
        if (!rules) return;
        tls::ServerContext::Parts parts{out_.identity_of(rules->key_store)};
        if (!rules->trust.empty()) parts.clients = load_trust(rules->trust, false, rules->where);
        if (!parts.identity || (!rules->trust.empty() && !parts.clients)) return;  // told already
        if (before_) out_.admin_tls_ = before_->admin_tls_;
        if (auto wrong = tls::ServerContext::follow(std::move(parts), out_.admin_tls_);
            !wrong.empty())
            problems_.push_back(at(rules->where) + "admin.tls: " + wrong);
    }

    void add_unmatched() {
        using profiles::UnmatchedRule;
        const UnmatchedRule unmatched = out_.configuration_.unmatched;
        const auto& all = out_.configuration_.profiles;
        const auto tunnels = [](const profiles::Profile& profile) {
            return profile.connect_method == profiles::ConnectRule::tunnel;
        };
        upstream::addresses::OriginRules rules;
        rules.addresses = out_.configuration_.addresses;
        const Route* const former =
            before_ != nullptr && before_->unmatched_ ? &*before_->unmatched_ : nullptr;
        Route route;
        route.rules = std::make_shared<const upstream::addresses::OriginRules>(std::move(rules));
        carry_over(former, route);
        out_.unmatched_rules_ = route.rules;
        out_.tunnels_ =
            unmatched == UnmatchedRule::tunnel_connect || std::ranges::any_of(all, tunnels);
        if (unmatched == UnmatchedRule::reject || unmatched == UnmatchedRule::tunnel_connect) {
            return;
        }
        tls::TlsContextParts parts;
        parts.trust = load_trust({}, true, "");
        if (parts.trust) want_tls("unmatched: tls", std::move(parts), former, std::nullopt);
        out_.unmatched_ = std::move(route);
    }

    void want_tls(
        std::string what, tls::TlsContextParts parts, const Route* former,
        std::optional<std::size_t> profile
    ) {
        auto before = former != nullptr ? former->tls : nullptr;
        wanted_.push_back({std::move(what), {std::move(parts), std::move(before)}, profile});
    }

    /// Of all routes at once: see tls_build.
    void add_tls() {
        std::vector<WantedTls> wanted;
        wanted.reserve(wanted_.size());
        for (Wanted& one : wanted_) wanted.push_back(std::move(one.tls));
        const auto made =
            make_tls(std::move(wanted), out_.key_material_.completed, former_material().completed);
        for (std::size_t i = 0; i < made.size(); ++i) {
            const Wanted& one = wanted_[i];
            if (!made[i]) {
                problems_.push_back(one.what + ": " + made[i].error());
                continue;
            }
            Route& route = one.profile ? out_.routes_[*one.profile] : *out_.unmatched_;
            route.tls = *made[i];
            if (one.profile) serve_former_tls(route, out_.profiles_.profiles()[*one.profile]);
        }
    }

    void serve_former_tls(Route& route, const profiles::Profile& profile) const {
        const Route* const former = former_route(profile.name);
        if (former == nullptr || !had_same_key_store(profile)) return;
        route.former = former_tls(*former, route, profile.rotation.overlap, Moment::now());
    }

    Generation& out_;
    const Generation* const before_;
    certs::ContentStates& states_;
    bool settled_ = true;  ///< nothing changed while it was read
    std::unordered_map<std::string_view, const Route*> former_;  ///< by the profile's name
    std::unordered_map<std::string_view, std::span<const CertificateTerm>> former_terms_;
    Problems problems_;
    std::vector<std::string> bad_records_;
    std::unordered_set<std::string> looked_at_;  ///< files
    std::vector<Wanted> wanted_;
};

std::vector<std::string> Generation::build(const Generation* before, certs::ContentStates& states) {
    return Builder{*this, before, states}.build();
}

}  // namespace countersign::proxy::generation
