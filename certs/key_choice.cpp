#include "certs/key_choice.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/pem.hpp"
#include "certs/printable.hpp"
#include "certs/ssh_key.hpp"
#include "certs/text/ascii.hpp"
#include "certs/text/phrase.hpp"

namespace countersign::certs {
namespace {

constexpr std::string_view kNameTheKeyStore =
    "Name the key store that has the private key from which the certificate was requested.";

LoadError only_a_request(const std::string& where, Audience audience) {
    const auto remedy = [audience] {
        if (audience == Audience::command)
            return "Name the store with the private key from which the request was made.";
        if (audience == Audience::form)
            return "Choose the key store with the private key from which the request was made.";
        return "Name under `key` the private key from which it was made, and under `file` the "
               "certificate that the authority sends back for it.";
    };
    return {
        LoadErrorCode::no_private_key, where, "", remedy(),
        where + " holds a certificate request and no private key"};
}

/// Where there is no private key.
LoadError no_key_in(const KeyStoreEntries& entries, const std::string& where, Audience audience) {
    LoadError error{LoadErrorCode::no_private_key, where, "it is empty"};
    const std::vector<std::string> subjects = subjects_of(entries.loose);
    const std::vector<std::string> others = other_labels_of(entries);
    if (const std::vector<PemPiece>& pem = entries.carried.pem; has_openssh_key(pem)) {
        return only_openssh_key(pem, where);
    }
    if (!entries.trusted.empty()) {
        error.detail =
            "it holds only trusted certificates: " + printable_list(aliases_of(entries.trusted));
        error.remedy = "Name the key store that holds your own private key.";
    } else if (entries.loose.empty()) {
        if (has_request(others)) return only_a_request(where, audience);
        if (!others.empty()) error.detail = "it holds " + describe_other_blocks(others);
    } else if (entries.container == "PEM") {
        error.detail = "it holds only certificates: " + printable_list(subjects, "; ");
    } else {
        error.detail =
            "it is " + std::string{entries.container} +
            ", which holds certificates but no private key: " + printable_list(subjects, "; ");
        error.remedy = kNameTheKeyStore;
        if (audience == Audience::form) {
            error.remedy += " Where the key is in a file of its own, put both into one PEM file.";
        } else if (audience != Audience::command) {
            error.remedy +=
                " Where the key is in a file of its own, set type pem_key_store, and "
                "name that file under `key`.";
        }
    }
    return error;
}

/// "Set `alias` to ", "Say --alias ".
std::string to_choose(Audience audience) {
    if (audience == Audience::form) return "Choose at 'Alias' ";
    return audience == Audience::command ? "Say --alias " : "Set `alias` to ";
}

std::string to_choose_one(Audience audience) {
    if (audience == Audience::form) return "Choose the one that is meant at 'Alias'.";
    return audience == Audience::command ? "Say with --alias which one is meant."
                                         : "Set `alias` to the one that is meant.";
}

LoadError alias_needed(
    const KeyStoreEntries& entries, const std::string& where, Audience audience
) {
    if (entries.found == KeyStoreFormat::pem) {
        return {
            LoadErrorCode::alias_needed, where,
            "PEM has no aliases to tell its " + std::to_string(entries.keys.size()) +
                " keys apart; keep the one that is meant and its certificates"};
    }
    return {
        LoadErrorCode::alias_needed, where, printable_list(aliases_of(entries.keys)),
        to_choose_one(audience)};
}

LoadError alias_missing(
    const KeyStoreEntries& entries, std::string_view alias, const std::string& where,
    Audience audience
) {
    const std::string keys = printable_list(aliases_of(entries.keys));
    return {
        LoadErrorCode::alias_missing, where_of(where, alias), "private keys: " + keys,
        to_choose(audience) + (entries.keys.size() == 1
                                   ? keys + ", its only private key, or leave it out."
                                   : "one of its private keys: " + keys + "."),
        where + " has no entry with the alias " + in_quotes(printable(alias))};
}

// PKCS#12 may have aliases that differ by case alone: then the exact one is meant.
std::vector<std::size_t> keys_named(const KeyStoreEntries& entries, std::string_view alias) {
    std::vector<std::size_t> exact;
    std::vector<std::size_t> alike;
    for (std::size_t i = 0; i < entries.keys.size(); ++i) {
        if (entries.keys[i].alias == alias) exact.push_back(i);
        if (same_ignoring_case(entries.keys[i].alias, alias)) alike.push_back(i);
    }
    return exact.empty() ? alike : exact;
}

}  // namespace

LoadResult<std::size_t> choose_key(
    const KeyStoreEntries& entries, const std::optional<std::string>& alias,
    const std::string& where, Audience audience
) {
    const auto matches = [&](const auto& entry) { return same_ignoring_case(entry.alias, *alias); };
    if (entries.keys.empty()) {
        return no_key_in(entries, where, audience);
    }
    if (!alias) {
        if (entries.keys.size() == 1) return 0u;
        return alias_needed(entries, where, audience);
    }
    const std::string where_alias = where_of(where, *alias);
    const std::vector<std::size_t> found = keys_named(entries, *alias);
    if (found.size() == 1) return found.front();
    if (found.size() > 1) {
        return LoadError{
            LoadErrorCode::alias_needed, where_alias,
            std::to_string(found.size()) +
                " keys have this alias; export the store again with an alias for each"};
    }
    if (std::ranges::any_of(entries.trusted, matches)) {
        return LoadError{
            LoadErrorCode::no_private_key, where_alias,
            "this alias is a trusted certificate; private keys: " +
                printable_list(aliases_of(entries.keys))};
    }
    return alias_missing(entries, *alias, where, audience);
}

std::optional<std::size_t> choose_leaf(
    const std::vector<X509Handle>& certificates, const EVP_PKEY* key
) {
    const auto better = [](X509* a, X509* b) {
        const bool a_signs_itself = is_self_issued(a);
        const bool b_signs_itself = is_self_issued(b);
        if (a_signs_itself != b_signs_itself) return b_signs_itself;
        return not_after_of(a) > not_after_of(b);
    };
    std::optional<std::size_t> leaf;
    for (std::size_t i = 0; i < certificates.size(); ++i) {
        const X509Handle& candidate = certificates[i];
        const EVP_PKEY* public_key = X509_get0_pubkey(candidate.get());
        if (public_key == nullptr || EVP_PKEY_eq(public_key, key) != 1) continue;
        if (!leaf || better(candidate.get(), certificates[*leaf].get())) leaf = i;
    }
    drain_openssl_errors();
    return leaf;
}

X509* find_leaf(const KeyStoreEntries& entries, const KeyEntry& entry, const EVP_PKEY* key) {
    std::vector<X509Handle> tied_to_others;
    std::vector<X509Handle> trusted;
    if (entries.found == KeyStoreFormat::pkcs12) {
        for (const KeyEntry& other : entries.keys) {
            for (const X509Handle& each : other.certificates) {
                tied_to_others.push_back(share(each.get()));
            }
        }
        for (const TrustedEntry& each : entries.trusted) {
            trusted.push_back(share(each.certificate.get()));
        }
    }
    for (const std::vector<X509Handle>* candidates :
         {&entry.certificates, &entries.loose, &std::as_const(tied_to_others),
          &std::as_const(trusted)}) {
        if (const auto leaf = choose_leaf(*candidates, key)) return (*candidates)[*leaf].get();
    }
    return nullptr;
}

}  // namespace countersign::certs
