#include "certs/lint/lint.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/chain_file.hpp"
#include "certs/edit/certificate_path.hpp"
#include "certs/file.hpp"
#include "certs/identity.hpp"
#include "certs/java/java_alias.hpp"
#include "certs/key_choice.hpp"
#include "certs/key_file.hpp"
#include "certs/key_store.hpp"
#include "certs/lint/certificate_findings.hpp"
#include "certs/lint/remedies.hpp"
#include "certs/pem.hpp"
#include "certs/printable.hpp"
#include "certs/ssh_key.hpp"
#include "certs/text/phrase.hpp"
#include "certs/trust_file.hpp"

namespace countersign::certs {
namespace {

using Certificates = std::vector<X509*>;

/// By what they are, not by where they stand in memory.
struct ByContent {
    bool operator()(const X509* a, const X509* b) const { return X509_cmp(a, b) < 0; }
};
using CertificateSet = std::set<X509*, ByContent>;

std::string quoted_subject(X509* certificate) { return in_quotes(subject_of(certificate)); }

/// One store under examination.
class Linter {
public:
    Linter(const KeyStoreSource& source, const LintTime& time, LeafUse use = LeafUse::client)
        : source_{source}, time_{time}, use_{use}, where_{where_of(source.file)} {}

    LoadResult<std::vector<Finding>> run() {
        LoadResult<SecretBytes> bytes = read_file(source_.file, kMaxStoreBytes);
        if (!bytes) return bytes.error();
        return run(std::move(*bytes));
    }

    LoadResult<std::vector<Finding>> run(SecretBytes bytes) {
        bytes_ = std::move(bytes);
        if (auto error = open()) return *error;
        checks_ = SignatureChecks{entries_.keys.size()};
        for (const ChainFile& file : chain_) {
            for (const X509Handle& each : file.certificates) beside_.push_back(each.get());
        }
        gather_tied();
        for (const KeyEntry& entry : entries_.keys) {
            const bool meant =
                !source_.alias || entry.alias.empty() || same_in_java(entry.alias, *source_.alias);
            if (meant) examine(entry);
        }
        if (entries_.keys.empty()) examine_loose();
        for (const TrustedEntry& entry : entries_.trusted) {
            if (holds(used_, entry.certificate.get())) continue;
            find_in_certificate(
                entry.certificate.get(), Role::anchor, where_of(where_, entry.alias), time_,
                findings_
            );
        }
        if (checks_.exhausted()) return too_many_issuers(undecided_, where_);
        look_at_password();
        std::ranges::stable_sort(findings_, {}, [](const Finding& finding) {
            return finding.severity == Severity::error ? 0 : 1;
        });
        return std::move(findings_);
    }

private:
    std::optional<LoadError> open() {
        LoadResult<std::optional<Secret>> password = read_optional_password(source_.password);
        if (!password) return password.error();
        LoadResult<std::optional<Secret>> key_password =
            read_optional_password(source_.key_password);
        if (!key_password) return key_password.error();
        password_ = std::move(*password);
        key_password_ = std::move(*key_password);
        LoadResult<KeyStoreEntries> entries = read_entries(bytes_, password_, where_);
        if (!entries) return entries.error();
        entries_ = std::move(*entries);
        if (auto error = take_key_file()) return error;
        LoadResult<std::vector<ChainFile>> chain = read_chain_files(source_.chain_files);
        if (!chain) return chain.error();
        chain_ = std::move(*chain);
        if (const auto& pem = entries_.carried.pem; entries_.keys.empty() && has_openssh_key(pem)) {
            return only_openssh_key(pem, where_);
        }
        if (!entries_.keys.empty() || !entries_.loose.empty() || !entries_.trusted.empty()) {
            return std::nullopt;
        }
        const std::vector<std::string> others = other_labels_of(entries_);
        if (others.empty()) return std::nullopt;
        if (has_request(others)) return LoadError{LoadErrorCode::only_request, where_, ""};
        return LoadError{
            LoadErrorCode::no_certificate, where_, "it holds " + describe_other_blocks(others)};
    }

    std::optional<LoadError> take_key_file() {
        if (!source_.key_file || entries_.found != KeyStoreFormat::pem) return std::nullopt;
        return certs::take_key_file(*source_.key_file, entries_);
    }

    void examine(const KeyEntry& entry) {
        const std::string where = where_of(where_, entry.alias);
        Certificates tied;
        for (const X509Handle& each : entry.certificates) tied.push_back(each.get());
        Certificates all = tied;
        for (const X509Handle& each : entries_.loose) all.push_back(each.get());
        if (entries_.found == KeyStoreFormat::pkcs12) add_tied_to_others(all);
        std::ranges::copy(beside_, std::back_inserter(all));
        if (all.empty()) {
            add(FindingCode::no_certificate, Severity::error, where,
                "the private key has no certificate.",
                "Put the one in that was issued for this key.");
            return;
        }
        X509* const leaf = find_leaf(entry, all, where);
        if (leaf == nullptr) return;
        for (const TrustedEntry& each : entries_.trusted) all.push_back(each.certificate.get());
        examine_chain(leaf, all, where, remedies_for(entry));
        // Of several files none has an order.
        if (chain_.empty()) examine_order(leaf, entry, where);
    }

    void gather_tied() {
        CertificateSet seen;
        for (const KeyEntry& entry : entries_.keys) {
            for (const X509Handle& each : entry.certificates) {
                if (seen.insert(each.get()).second) tied_.push_back(each.get());
            }
        }
    }

    // A local key ID may be shared by two keys, or be another key's.
    void add_tied_to_others(Certificates& all) const {
        const CertificateSet own{all.begin(), all.end()};
        std::ranges::copy_if(tied_, std::back_inserter(all), [&own](X509* each) {
            return !own.contains(each);
        });
    }

    // Null: none fits, which is told.
    X509* find_leaf(const KeyEntry& entry, const Certificates& all, const std::string& where) {
        const std::vector<X509Handle>& first =
            entry.certificates.empty() ? entries_.loose : entry.certificates;
        LoadResult<PrivateKeyHandle> key = open_with_either(entry, where);
        if (!key) {
            add(FindingCode::key_not_opened, Severity::warning, where,
                "the private key was not opened, so nobody knows whether it is that of " +
                    quoted_subject(all.front()) + ".",
                "Give the key's password too.");
            return all.front();
        }
        X509* found = certs::find_leaf(entries_, entry, key->get());
        for (const ChainFile& file : chain_) {
            if (found != nullptr) break;
            const std::optional<std::size_t> in_chain = choose_leaf(file.certificates, key->get());
            if (in_chain) found = file.certificates[*in_chain].get();
        }
        if (X509* const leaf = found) {
            const auto proven = Identity::from(std::move(*key), share(leaf), {}, where);
            if (proven) return leaf;
            add(FindingCode::key_mismatch, Severity::error, where,
                "the private key does not sign for " + quoted_subject(leaf) + ": it is damaged.",
                "Restore the store from where it was made.");
            return nullptr;
        }
        add(FindingCode::key_mismatch, Severity::error, where,
            "the private key belongs to none of the certificates: " + quoted_subjects_of(first) +
                ".",
            remedies_for(entry).key_of_another());
        return nullptr;
    }

    LoadResult<PrivateKeyHandle> open_with_either(const KeyEntry& entry, const std::string& where)
        const {
        if (key_password_) {
            if (auto opened = open_key(entry.key, key_password_, where)) return opened;
        }
        return open_key(entry.key, password_, where);
    }

    CertificatePath path_of(X509* leaf, const Certificates& others) {
        CertificatePath path = find_path(leaf, others, checks_);
        if (checks_.exhausted()) undecided_ = leaf;
        return path;
    }

    Remedies remedies_for(const KeyEntry& entry) const {
        return Remedies::of(source_, entries_, entry);
    }

    /// The file that it stands in, where that is one of the chain's own.
    const std::string& where_is(const X509* certificate, const std::string& where) const {
        for (const ChainFile& file : chain_) {
            if (holds(file.certificates, certificate)) return file.where;
        }
        return where;
    }

    void examine_chain(
        X509* leaf, const Certificates& all, const std::string& where, const Remedies& remedies
    ) {
        const CertificatePath path = path_of(leaf, all);
        const bool alone = path.certificates.size() == 1;
        if (alone && path.missing_issuer.empty()) {
            add(FindingCode::self_signed, Severity::warning, where,
                quoted_subject(leaf) + " signs itself: no authority has signed it yet.",
                remedies.request(usage_wanted(leaf)));
        } else if (alone && !chain_.empty()) {
            add_wrong_chain(leaf, path.missing_issuer, where);
        } else if (alone) {
            add(FindingCode::chain_incomplete, Severity::warning, where,
                "the chain is incomplete: the issuer of " + quoted_subject(leaf) + ", '" +
                    path.missing_issuer +
                    "', is missing. A server that does not know that issuer by itself refuses.",
                remedies.issuer_missing());
        }
        for (const X509Handle& each : path.certificates) {
            const bool is_leaf = each.get() == leaf;
            find_in_certificate(
                each.get(),
                !is_leaf                  ? Role::issuer
                : use_ == LeafUse::server ? Role::server_leaf
                                          : Role::client_leaf,
                is_leaf ? where : where_is(each.get(), where), time_, findings_, &remedies
            );
        }
        for (X509* each : all) {
            if (certs::holds(path.certificates, each)) used_.push_back(each);
        }
    }

    // The files that were to have the issuer are the cause, not the store.
    void add_wrong_chain(X509* leaf, const std::string& issuer, const std::string& where) {
        const bool one = chain_.size() == 1;
        const std::string files = joined(chain_, [](const ChainFile& file) { return file.where; });
        std::vector<std::string> held;
        for (X509* each : beside_) held.push_back(quoted_subject(each));
        add(FindingCode::chain_incomplete, Severity::warning, where,
            files + ", under `chain`, " + (one ? "does" : "do") + " not have the issuer of " +
                quoted_subject(leaf) + ", which is '" + issuer + "'. " +
                (one ? "It has " : "They have ") +
                (held.empty() ? "no certificate" : printable_list(held)) +
                ". Servers that do not know that issuer refuse " + quoted_subject(leaf) + ".",
            "Get the certificate of '" + issuer +
                "' from the authority, and name its file under `chain`.");
    }

    // As it stands in the file. PKCS#12 has no order.
    void examine_order(X509* leaf, const KeyEntry& entry, const std::string& where) {
        if (entries_.found == KeyStoreFormat::pkcs12) return;
        const std::vector<X509Handle>& given =
            entry.certificates.empty() ? entries_.loose : entry.certificates;
        Certificates others;
        for (const X509Handle& each : given) others.push_back(each.get());
        const CertificatePath path = path_of(leaf, others);
        const bool in_order =
            path.certificates.size() == given.size() &&
            std::ranges::equal(path.certificates, given, [](const auto& a, const auto& b) {
                return same(b, a.get());
            });
        if (in_order) return;
        add(FindingCode::chain_misordered, Severity::warning, where,
            "the certificates are not a chain in order, each followed by its issuer: it has " +
                quoted_subjects_of(given) + ", and the chain is " +
                quoted_subjects_of(path.certificates) +
                ". Countersign sends the chain right, other programs send what is there.",
            remedies_for(entry).order());
    }

    void examine_loose() {
        for (const X509Handle& each : entries_.loose) {
            find_in_certificate(each.get(), Role::alone, where_, time_, findings_);
        }
    }

    void look_at_password() {
        if (!password_ || password_->empty()) return;
        const bool in_the_clear = std::ranges::any_of(entries_.keys, [](const KeyEntry& entry) {
            return !entry.key.encrypted();
        });
        const bool opens = entries_.found == KeyStoreFormat::pem
                               ? in_the_clear && !source_.key_file
                               : read_entries(bytes_, Secret{}, where_).has_value();
        if (!opens) return;
        add(FindingCode::opens_without_password, Severity::warning, where_,
            "it opens without a password as well, so the one that is given protects nothing.",
            "Convert it to a new file with a password of its own, and take care of who can read "
            "this one.");
    }

    void add(
        FindingCode code, Severity severity, std::string where, std::string what, std::string remedy
    ) {
        findings_.push_back({code, severity, std::move(where), std::move(what), std::move(remedy)});
    }

    const KeyStoreSource& source_;
    const LintTime& time_;
    LeafUse use_;
    std::string where_;
    std::optional<Secret> password_;
    std::optional<Secret> key_password_;
    SecretBytes bytes_;
    KeyStoreEntries entries_;
    std::vector<ChainFile> chain_;
    Certificates beside_;  ///< all that the chain's own files hold
    Certificates tied_;    ///< to any key, each once: a store may have thousands of either
    SignatureChecks checks_;
    X509* undecided_ = nullptr;  ///< the leaf whose chain they did not suffice for
    Certificates used_;          ///< what stands in a chain, and is judged there
    std::vector<Finding> findings_;
};

}  // namespace

LoadResult<std::vector<Finding>> lint_key_store(
    const KeyStoreSource& source, const LintTime& time, LeafUse use
) {
    return Linter{source, time, use}.run();
}

LoadResult<std::vector<Finding>> lint_key_store(
    ByteView bytes, const KeyStoreSource& source, const LintTime& time
) {
    return Linter{source, time}.run({bytes.begin(), bytes.end()});
}

LoadResult<std::vector<Finding>> lint_trust(const TrustSource& source, const LintTime& time) {
    std::vector<Finding> findings;
    if (std::holds_alternative<TrustSystem>(source)) return findings;
    std::vector<X509Handle> certificates;
    std::string where = "its pem";
    if (const auto* file = std::get_if<TrustFile>(&source)) {
        where = where_of(file->path);
        LoadResult<TrustedCertificates> trusted = read_trusted(*file);
        if (!trusted) return trusted.error();
        certificates = std::move(trusted->certificates);
    } else {
        const std::string& text = std::get<TrustInlinePem>(source).text;
        if (text.size() > kMaxStoreBytes) {
            return LoadError{
                LoadErrorCode::too_much, where,
                "more than " + std::to_string(kMaxStoreBytes) + " bytes"};
        }
        LoadResult<PemContent> content = read_pem(as_bytes(text), where);
        if (!content) return content.error();
        certificates = std::move(content->certificates);
    }
    for (const X509Handle& each : certificates) {
        find_in_certificate(each.get(), Role::anchor, where, time, findings);
    }
    // One of many that is of no use stops nobody.
    const auto is_fault = [](const Finding& each) {
        return each.code == FindingCode::not_an_authority;
    };
    if (std::ranges::count_if(findings, is_fault) == std::ssize(certificates)) {
        for (Finding& each : findings) {
            if (is_fault(each)) each.severity = Severity::error;
        }
    }
    return findings;
}

}  // namespace countersign::certs
