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
    LoadErrorCode::no_private_key, LoadErrorCode::no_certificate,  LoadErrorCode::alias_missing,
    LoadErrorCode::alias_needed,   LoadErrorCode::key_mismatch,    LoadErrorCode::too_much,
};

TEST(LoadError, SaysWhatOnWhichThingAndWhatToDo) {
    const LoadError error{
        LoadErrorCode::alias_missing, "acme.jks, alias other", "private keys: mydomain"};

    EXPECT_EQ(
        error.message(),
        "acme.jks, alias other has no entry of that name: private keys: mydomain. Set `alias` to "
        "one that exists."
    );
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
