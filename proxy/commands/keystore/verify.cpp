#include <chrono>
#include <iostream>

#include "certs/chain_trial.hpp"
#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "certs/trust_store.hpp"
#include "proxy/commands/keystore/verbs.hpp"
#include "proxy/commands/print_document.hpp"

namespace countersign::proxy::commands {
namespace {

using certs::EditError;
using certs::EditResult;

/// What would be sent, leaf first.
struct Presented {
    std::string where;
    std::vector<certs::X509Handle> certificates;
};

EditResult<Presented> presented(
    const certs::StoreDraft& store, const std::optional<std::string>& alias
) {
    const certs::KeyStoreEntries& entries = store.entries();
    Presented all{store.where(), {}};
    if (!entries.keys.empty()) {
        const EditResult<std::size_t> chosen = store.choose(alias);
        if (!chosen) return chosen.error();
        const certs::KeyEntry& entry = entries.keys[*chosen];
        all.where = certs::where_of(store.where(), entry.alias);
        all.certificates = certs::share(entry.certificates);
    }
    for (const auto& each : entries.loose) all.certificates.push_back(certs::share(each.get()));
    for (const auto& each : entries.trusted) {
        all.certificates.push_back(certs::share(each.certificate.get()));
    }
    if (!all.certificates.empty()) return all;
    return EditError{all.where + " holds no certificate that a server could look at."};
}

std::string files_text(const std::vector<std::filesystem::path>& files) {
    return certs::joined(files, [](const auto& file) { return certs::where_of(file); });
}

void print_text(const Presented& sent, const certs::ChainTrial& trial, const std::string& trusts) {
    const std::string leaf = certs::in_quotes(trial.chain.front());
    std::cout << sent.where << ": a server that trusts " << trusts
              << (trial.accepted ? " accepts " : " refuses ") << leaf;
    if (!trial.accepted) {
        std::cout << ": " << trial.reason << "\n";
        return;
    }
    std::cout << "\n";
    for (std::size_t i = 1; i < trial.chain.size(); ++i) {
        std::cout << "  issued by " << trial.chain[i]
                  << (i + 1 == trial.chain.size() ? ", which it trusts" : "") << "\n";
    }
    if (trial.wants_root) {
        print_notes(
            {"servers on OpenSSL (nginx, Apache, HAProxy) want the root among what they trust, and "
             "refuse it so; Java's accept it"}
        );
    }
}

}  // namespace

Outcome verify_chain(const KeystoreOptions& options, bool& refused) {
    if (options.trust.empty()) {
        return EditError{"say with --trust which certificates the server trusts."};
    }
    const EditResult<certs::StoreDraft> store =
        open_store(options.files.front(), options, Need::entries);
    if (!store) return store.error();
    std::vector<certs::TrustSource> sources;
    for (const std::filesystem::path& file : options.trust) {
        sources.emplace_back(certs::TrustFile{file});
    }
    const auto trust = certs::TrustStore::load(sources);
    if (!trust) return edit_error(trust.error());
    const EditResult<Presented> sent = presented(*store, options.alias);
    if (!sent) return sent.error();
    const certs::ChainTrial trial =
        certs::try_chain(sent->certificates, trust->store(), std::chrono::system_clock::now());
    refused = !trial.accepted;
    if (options.json) {
        print_document({
            {"file", json_text(options.files.front().native())},
            {"accepted", trial.accepted},
            {"reason", json_text(trial.reason)},
            {"wants_root", trial.wants_root},
            {"chain", json_list(trial.chain)},
        });
    } else {
        print_text(*sent, trial, files_text(options.trust));
    }
    return std::nullopt;
}

}  // namespace countersign::proxy::commands
