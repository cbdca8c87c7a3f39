// A draft is broken on purpose while it is changed: what it loses then is missed by the comparison,
// since that goes by what was read and what was asked away, not by what the draft has now.
#include <gtest/gtest.h>

#include <functional>

#include "certs/certificate.hpp"
#include "certs/edit/store_draft.hpp"
#include "tests/certs/edit/kept.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::KeyStoreEntries;
using certs::StoreDraft;

constexpr std::chrono::milliseconds kNow{1'790'000'000'123};

/// What a change loses beside what it is asked for.
struct Fault {
    const char* name;
    std::function<void(KeyStoreEntries&)> lose;
    const char* told;
};

struct Operation {
    const char* name;
    std::function<void(StoreDraft&)> change;
};

std::vector<certs::X509Handle> only(const certs::X509Handle& certificate) {
    std::vector<certs::X509Handle> one;
    one.push_back(certs::share(certificate.get()));
    return one;
}

const Issued& stranger() {
    static const Issued kStranger = Ca::self_signed({.common_name = "stranger"});
    return kStranger;
}

void renew_first(StoreDraft& draft) {
    const certs::PrivateKeyHandle key = std::move(draft.open(0, {}).value());
    draft.set_certificates(
        0, only(Ca::root("New").issue({.common_name = "renewed"}, key.get()).certificate)
    );
}

void trust_stranger(StoreDraft& draft) {
    ASSERT_FALSE(draft.add_trusted("stranger", certs::share(stranger().certificate.get())));
}

void trust_and_delete(StoreDraft& draft) {
    trust_stranger(draft);
    ASSERT_FALSE(draft.remove("stranger"));
}

/// The fault happens within the change, between its first step and its last: the draft's own
/// entries, which nobody else may touch.
void expect_seen(const std::string& bytes, const Operation& operation, const Fault& fault) {
    SCOPED_TRACE(std::string{operation.name} + ", losing " + fault.name);
    StoreDraft draft = draft_of(bytes, std::nullopt);
    fault.lose(const_cast<KeyStoreEntries&>(draft.entries()));

    operation.change(draft);
    const auto written = draft.write(kNow);

    ASSERT_FALSE(written);
    const std::string& said = written.error().sentence;
    EXPECT_NE(said.find("would lack "), said.npos) << said;
    EXPECT_NE(said.find(fault.told), said.npos) << said;
}

certs::PemPiece& piece_with(KeyStoreEntries& entries, std::string_view label) {
    for (certs::PemPiece& piece : entries.carried.pem) {
        if (piece.label == label) return piece;
    }
    throw std::runtime_error{"no such block"};
}

void lose_block(certs::PemPiece& piece) {
    piece.kind = certs::PemPiece::Kind::end;
    piece.says_more = false;
    piece.certificates.clear();
}

TEST(BrokenDraft, OfPemIsSeenWhateverTheChange) {
    const Ca root = Ca::root("Root");
    const Issued client = root.issue({.common_name = "client"});
    const Issued a = Ca::self_signed({.common_name = "a"});
    const Issued b = Ca::self_signed({.common_name = "b"});
    const std::string text = "# by hand\n" + client.key_pem() + client.certificate_pem() +
                             block("DH PARAMETERS") + trusted_pem(a.certificate.get()) +
                             bundle_pem({b.certificate.get()}, true);
    const Operation kOperations[] = {
        {"trusting another", trust_stranger}, {"renewing the certificate", renew_first}};
    const Fault kFaults[] = {
        {"a block", [](auto& e) { lose_block(piece_with(e, "DH PARAMETERS")); },
         "the block DH PARAMETERS"},
        {"a line", [](auto& e) { e.carried.pem.front().text.clear(); }, "the line '# by hand'"},
        {"the settings of a TRUSTED CERTIFICATE",
         [](auto& e) {
             auto& piece = piece_with(e, "TRUSTED CERTIFICATE");
             piece.says_more = false;
             const std::string bare = block("CERTIFICATE", [&] {
                 unsigned char* der = nullptr;
                 const int length = i2d_X509(piece.certificates.front().get(), &der);
                 std::string out{reinterpret_cast<char*>(der), std::size_t(length)};
                 OPENSSL_free(der);
                 return out;
             }());
             piece.block.assign(bare.begin(), bare.end());
         },
         "the settings of the TRUSTED CERTIFICATE of CN=a"},
        {"the CRL of a PKCS#7 bundle",
         [](auto& e) {
             auto& piece = piece_with(e, "PKCS7");
             const std::string bare = bundle_pem({piece.certificates.front().get()}, false);
             piece.says_more = false;
             piece.block.assign(bare.begin(), bare.end());
         },
         "the block PKCS7"},
        {"a certificate",
         [](auto& e) {
             lose_block(piece_with(e, "PKCS7"));
             std::erase_if(e.loose, [](const auto& each) {
                 return certs::subject_of(each.get()) == "CN=b";
             });
         },
         "the certificate of CN=b"},
    };
    for (const Operation& operation : kOperations) {
        for (const Fault& fault : kFaults) expect_seen(text, operation, fault);
        StoreDraft whole = draft_of(text, std::nullopt);
        operation.change(whole);
        EXPECT_TRUE(whole.write(kNow));
    }
}

TEST(BrokenDraft, OfPkcs12IsSeenWhateverTheChange) {
    const std::string bytes = read_bytes(data("everything.p12"));
    const Operation kOperations[] = {
        {"trusting another", trust_stranger},
        {"deleting an entry", trust_and_delete},
        {"renewing the certificate", renew_first}};
    const Fault kFaults[] = {
        {"a bag", [](auto& e) { e.carried.foreign_bags.pop_back(); }, "would lack a CRL"},
        {"a name",
         [](auto& e) {
             std::erase_if(e.carried.certificate_bags, [](const auto& bag) {
                 return bag.name == "Our issuer";
             });
         },
         "the name 'Our issuer' of the certificate of CN=Test Issuing"},
        {"an attribute", [](auto& e) { e.keys[0].bag.clear(); },
         "Microsoft CSP Name of the private key under the alias mydomain"},
        {"a certificate", [](auto& e) { e.loose.clear(); }, "the certificate of CN=second"},
    };
    for (const Operation& operation : kOperations) {
        for (const Fault& fault : kFaults) expect_seen(bytes, operation, fault);
        StoreDraft whole = draft_of(bytes, std::nullopt);
        operation.change(whole);
        const auto written = whole.write(kNow);
        EXPECT_TRUE(written) << written.error().sentence;
    }
}

}  // namespace
}  // namespace countersign::tests
