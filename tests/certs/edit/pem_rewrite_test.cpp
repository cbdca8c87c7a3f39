#include <gtest/gtest.h>

#include "certs/pem.hpp"
#include "tests/certs/edit/kept.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::StoreDraft;

/// What HAProxy's and other people's files hold.
class PemRewrite : public testing::Test {
protected:
    std::string everything() const {
        return "# made by hand\n" + client_.certificate_pem() + "Bag Attributes\n    who: me\n" +
               issuing_.certificate_pem() + client_.key_pem() + block("DH PARAMETERS") +
               block("EC PARAMETERS") + block("X509 CRL") + block("CERTIFICATE REQUEST") +
               "\n\n# from the old server\n" + block("WHAT NOBODY KNOWS") + "last line\n";
    }

    const Ca root_ = Ca::root("Root");
    const Ca issuing_ = root_.intermediate("Issuing");
    const Issued client_ = issuing_.issue({.common_name = "client"});
    const Issued other_ = Ca::self_signed({.common_name = "other"});
};

TEST_F(PemRewrite, LeavesEveryByteWhereNothingChanges) {
    for (const std::string& text :
         {everything(), with_crlf(everything()), "\xef\xbb\xbf" + everything(),
          everything().substr(0, everything().find("last line") + 4),
          everything() + client_.certificate_pem(),
          client_.key_pem("changeit") + client_.chain_pem(),
          read_bytes(data("bundle-pem.p7b")) + client_.key_pem(),
          read_bytes(data("sec1-encrypted.key")) + read_bytes(data("chain.pem")),
          block("OPENSSH PRIVATE KEY") + client_.certificate_pem()}) {
        for (const std::optional<std::string_view> password :
             {std::optional<std::string_view>{}, std::optional<std::string_view>{"changeit"}}) {
            StoreDraft draft = draft_of(text, password);

            EXPECT_EQ(written(draft), text);
        }
    }
}

TEST_F(PemRewrite, PutsATrustedCertificateAtTheEnd) {
    for (const std::string& text : {everything(), everything() + "no line end"}) {
        StoreDraft draft = draft_of(text);
        ASSERT_FALSE(draft.add_trusted("", certs::share(other_.certificate.get())));

        const std::string line_end = text.ends_with('\n') ? "" : "\n";
        EXPECT_EQ(written(draft), text + line_end + other_.certificate_pem());
    }
}

TEST_F(PemRewrite, KeepsAnOpensshKeyAndRefusesASecondOne) {
    const std::string text = block("OPENSSH PRIVATE KEY") + other_.certificate_pem();
    StoreDraft draft = draft_of(text);

    const auto refused = draft.add_key("", client_.key.get(), {}, {});
    ASSERT_FALSE(draft.add_trusted("", certs::share(client_.certificate.get())));

    ASSERT_TRUE(refused);
    EXPECT_NE(refused->sentence.find("has a private key"), std::string::npos) << refused->sentence;
    EXPECT_EQ(written(draft), text + client_.certificate_pem());
}

TEST_F(PemRewrite, PutsANewChainInTheFormersPlace) {
    const Issued renewed = issuing_.issue({.common_name = "renewed"}, client_.key.get());
    const std::string before = everything() + "# the root\n" + root_.certificate_pem();
    StoreDraft draft = draft_of(before);
    std::vector<certs::X509Handle> chain;
    chain.push_back(certs::share(renewed.certificate.get()));
    for (const auto& each : renewed.chain) chain.push_back(certs::share(each.get()));

    draft.set_certificates(0, std::move(chain));

    const std::string text = written(draft);
    const std::string rest = everything().substr(everything().find(block("DH PARAMETERS")));
    EXPECT_EQ(
        text, "# made by hand\n" + renewed.certificate_pem() + "Bag Attributes\n    who: me\n" +
                  issuing_.certificate_pem() + "last line\n# the root\n" + root_.certificate_pem() +
                  client_.key_pem() + rest.substr(0, rest.find("last line"))
    );
    EXPECT_EQ(told(draft_of(text)), ": CN=renewed, CN=Issuing, CN=Root");
}

TEST_F(PemRewrite, KeepsTheFormerIssuersOfAKey) {
    const Ca elsewhere = Ca::root("Elsewhere");
    const Issued renewed = elsewhere.issue({.common_name = "renewed"}, client_.key.get());
    StoreDraft draft = draft_of(client_.key_pem() + client_.chain_pem());
    std::vector<certs::X509Handle> chain;
    chain.push_back(certs::share(renewed.certificate.get()));

    draft.set_certificates(0, std::move(chain));

    EXPECT_EQ(told(draft_of(written(draft))), ": CN=renewed; loose CN=Issuing");
}

TEST_F(PemRewrite, PutsANewKeyInFrontOfCertificatesThatWereThere) {
    const std::string text = "# trusted\n" + other_.certificate_pem() + block("DH PARAMETERS");
    StoreDraft draft = draft_of(text, std::nullopt);
    std::vector<certs::X509Handle> chain;
    chain.push_back(certs::share(client_.certificate.get()));
    ASSERT_FALSE(draft.add_key("", client_.key.get(), std::move(chain), {}));

    EXPECT_EQ(written(draft), client_.key_pem() + client_.certificate_pem() + text);
}

TEST_F(PemRewrite, KeepsTheSettingsOfATrustedCertificate) {
    const std::string trusted = trusted_pem(issuing_.certificate());
    const Issued renewed = issuing_.issue({.common_name = "renewed"}, client_.key.get());
    StoreDraft draft = draft_of(trusted + client_.certificate_pem() + client_.key_pem());
    ASSERT_NE(trusted.find("TRUSTED CERTIFICATE"), std::string::npos);
    std::vector<certs::X509Handle> chain;
    chain.push_back(certs::share(renewed.certificate.get()));
    chain.push_back(certs::share(renewed.chain.front().get()));

    draft.set_certificates(0, std::move(chain));

    EXPECT_EQ(written(draft), renewed.certificate_pem() + trusted + client_.key_pem());
}

TEST_F(PemRewrite, TakesTheFormerCertificateOutOfABundle) {
    const std::string bundle = read_bytes(data("bundle-pem.p7b"));
    const std::string key = read_bytes(data("pkcs8.key"));
    StoreDraft draft = draft_of(bundle + key);
    const certs::PrivateKeyHandle opened = std::move(draft.open(0, {}).value());
    const Issued renewed = issuing_.issue({.common_name = "renewed"}, opened.get());
    std::vector<certs::X509Handle> chain;
    chain.push_back(certs::share(renewed.certificate.get()));

    draft.set_certificates(0, std::move(chain));

    EXPECT_EQ(
        told(draft_of(written(draft))), ": CN=renewed; loose CN=Test Issuing; loose CN=Test Root"
    );
}

TEST_F(PemRewrite, IsReadByOpensslAsBefore) {
    StoreDraft draft = draft_of(everything());
    ASSERT_FALSE(draft.add_trusted("", certs::share(other_.certificate.get())));
    const std::string text = written(draft);

    const auto content = certs::read_pem(certs::as_bytes(text), "store").value();

    EXPECT_EQ(
        content.describe(),
        "3 certificates, 1 private key, 5 other blocks (DH PARAMETERS, EC PARAMETERS, X509 CRL, "
        "CERTIFICATE REQUEST, WHAT NOBODY KNOWS)"
    );
    std::string whole;
    for (const certs::PemPiece& piece : content.pieces) {
        whole.append(certs::as_text(piece.text)).append(certs::as_text(piece.block));
    }
    EXPECT_EQ(whole, text);
}

}  // namespace
}  // namespace countersign::tests
