#include "certs/error.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <set>
#include <stdexcept>

namespace countersign::certs {
namespace {

constexpr LoadErrorCode kCodes[] = {
    LoadErrorCode::unreadable,     LoadErrorCode::not_recognised,  LoadErrorCode::malformed,
    LoadErrorCode::unsupported,    LoadErrorCode::password_needed, LoadErrorCode::wrong_password,
    LoadErrorCode::no_private_key, LoadErrorCode::no_certificate,  LoadErrorCode::only_request,
    LoadErrorCode::alias_missing,  LoadErrorCode::alias_needed,    LoadErrorCode::key_mismatch,
    LoadErrorCode::too_much,
};

TEST(LoadError, SaysWhatOnWhichThingAndWhatToDo) {
    const LoadError damaged{LoadErrorCode::malformed, "acme.jks", "it ends too early"};
    const LoadError empty{
        LoadErrorCode::malformed, "acme.jks", "", "Fetch it again.", "acme.jks is empty"};

    EXPECT_EQ(
        damaged.message(),
        "acme.jks is damaged: it ends too early. Get a new copy, transferred as binary and in full."
    );
    EXPECT_EQ(empty.message(), "acme.jks is empty. Fetch it again.");
}

TEST(LoadError, SaysToEachReaderWhatCanBeSetThere) {
    const LoadError sealed{LoadErrorCode::password_needed, "acme.p12", ""};
    const LoadError request{LoadErrorCode::only_request, "acme.csr", ""};
    const struct {
        Audience audience;
        const char* password;
        const char* certificate;
    } kReaders[] = {
        {Audience::key_store_record, "write password: { file: PATH } in this record.",
         "name under `file` the certificate that comes back."},
        {Audience::trust_record, "write password: { file: PATH } in this record.",
         "Name the certificate of the server's authority (PEM or DER)."},
        {Audience::command, "--password-file or --password-env.",
         "and import the certificate that comes back."},
    };
    for (const auto& [audience, password, certificate] : kReaders) {
        EXPECT_TRUE(sealed.message(audience).ends_with(password)) << sealed.message(audience);
        EXPECT_TRUE(request.message(audience).ends_with(certificate)) << request.message(audience);
        EXPECT_EQ(sealed.message(audience).find("key_password"), std::string::npos);
    }
}

TEST(LoadError, HasASentenceOfItsOwnForEveryCode) {
    std::set<std::string> sentences;

    for (const LoadErrorCode code : kCodes) {
        const std::string message = LoadError{code, "acme.jks", ""}.message();
        EXPECT_TRUE(message.starts_with("acme.jks ")) << message;
        EXPECT_TRUE(message.ends_with(".")) << message;
        sentences.insert(message);
    }

    EXPECT_EQ(sentences.size(), std::size(kCodes));
    EXPECT_EQ(std::size(kCodes), static_cast<std::size_t>(LoadErrorCode::too_much) + 1);
}

TEST(LoadError, BecomesAnExceptionWhereNobodyLooked) {
    const LoadResult<int> result = LoadError{LoadErrorCode::malformed, "acme.jks", "no end"};

    EXPECT_THROW(result.value(), std::runtime_error);
}

TEST(DrainOpensslErrors, GivesTheReasonsInTheirOrderAndLeavesNone) {
    ERR_clear_error();
    ERR_raise(ERR_LIB_X509, X509_R_KEY_VALUES_MISMATCH);
    ERR_raise_data(ERR_LIB_X509, X509_R_BAD_SELECTOR, "line\n%s", "two");

    EXPECT_EQ(drain_openssl_errors(), "key values mismatch; bad selector (line\\x0atwo)");

    EXPECT_EQ(ERR_peek_error(), 0u);
    EXPECT_EQ(drain_openssl_errors(), "");
}

}  // namespace
}  // namespace countersign::certs
