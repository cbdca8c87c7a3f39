#include "tests/fuzz/key_material.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "certs/certificate.hpp"
#include "certs/edit/store_draft.hpp"
#include "certs/identity.hpp"
#include "certs/key_choice.hpp"
#include "certs/printable.hpp"
#include "tests/fuzz/require.hpp"

namespace countersign::fuzz {
namespace {

using certs::X509Handle;

void check_certificate(const X509* certificate) {
    check_text(certs::subject_of(certificate));
    check_text(certs::issuer_of(certificate));
    check_text(certs::serial_of(certificate));
    check_text(certs::to_text(certs::not_before_of(certificate)));
    check_text(certs::to_text(certs::not_after_of(certificate)));
    for (const std::string& name : certs::subject_alt_names_of(certificate)) check_text(name);
    require(certs::fingerprint_of(certificate).size() == 64, "a fingerprint is SHA-256");
}

void check_identity(certs::PrivateKeyHandle key, const std::vector<X509Handle>& certificates) {
    const std::optional<std::size_t> leaf = certs::choose_leaf(certificates, key.get());
    if (!leaf) return;
    std::vector<X509Handle> others;
    for (const X509Handle& other : certificates) others.push_back(certs::share(other.get()));
    const auto identity = certs::Identity::from(
        std::move(key), certs::share(certificates[*leaf].get()), std::move(others), "acme"
    );
    if (!identity) return check_text(identity.error().message());
    const X509* below = identity->leaf();
    require(identity->chain().size() <= certificates.size(), "a chain has no certificate twice");
    for (const X509Handle& above : identity->chain()) {
        require(
            X509_NAME_cmp(X509_get_subject_name(above.get()), X509_get_issuer_name(below)) == 0,
            "a chain is in order"
        );
        below = above.get();
    }
}

}  // namespace

const std::optional<certs::Secret>& password() {
    static const std::optional<certs::Secret> kPassword = certs::Secret{"changeit"};
    return kPassword;
}

void check_text(std::string_view text) {
    require(certs::printable(text) == text, "what is printed is fit to be printed");
}

void check_entries(certs::LoadResult<certs::KeyStoreEntries> entries) {
    require(ERR_peek_error() == 0, "nothing is left in OpenSSL's queue");
    if (!entries) {
        require(!entries.error().message().empty(), "an error has a sentence");
        return check_text(entries.error().message());
    }
    std::vector<X509Handle> certificates;
    for (certs::KeyEntry& entry : entries->keys) {
        std::ranges::move(entry.certificates, std::back_inserter(certificates));
    }
    std::ranges::move(entries->loose, std::back_inserter(certificates));
    for (certs::TrustedEntry& entry : entries->trusted) {
        certificates.push_back(std::move(entry.certificate));
    }
    for (const X509Handle& certificate : certificates) check_certificate(certificate.get());
    for (const std::string& note : entries->notes) check_text(note);
    for (certs::KeyEntry& entry : entries->keys) {
        auto key = certs::open_key(entry.key, password(), certs::where_of("acme", entry.alias));
        if (key) {
            check_identity(std::move(*key), certificates);
        } else {
            check_text(key.error().message());
        }
    }
    require(ERR_peek_error() == 0, "nothing is left in OpenSSL's queue");
}

void check_draft(certs::ByteView bytes, const std::optional<certs::Secret>& store_password) {
    auto draft = certs::StoreDraft::read(bytes, store_password, "acme");
    require(ERR_peek_error() == 0, "nothing is left in OpenSSL's queue");
    if (!draft) return check_text(draft.error().message());
    const auto written = draft->write(std::chrono::milliseconds{0});
    require(ERR_peek_error() == 0, "nothing is left in OpenSSL's queue");
    if (written) return;
    check_text(written.error().sentence);
    require(
        written.error().sentence.find("a fault of Countersign") == std::string::npos,
        "what is written is what was read"
    );
}

}  // namespace countersign::fuzz
