#include "proxy/admin/sessions.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace countersign::proxy::admin {
namespace {

constexpr std::string_view kToken = "0123456789abcdef";

class SessionsOfAToken : public testing::Test {
protected:
    static std::string cookie(const std::string& value) { return "countersign_session=" + value; }
    bool has(const std::string& cookies) { return sessions_.has(cookies, token_, now_); }

    const certs::PasswordDigest token_ = *certs::PasswordDigest::of(kToken);
    Sessions sessions_;
    Sessions::TimePoint now_ = Sessions::TimePoint{} + std::chrono::hours{100};
};

TEST_F(SessionsOfAToken, AreKnownByTheirCookieAmongOthers) {
    const std::string value = sessions_.begin(token_, now_);

    EXPECT_EQ(value.size(), 64U);
    EXPECT_TRUE(has(cookie(value)));
    EXPECT_TRUE(has("theme=dark; " + cookie(value) + "; a=b"));
    EXPECT_FALSE(has(""));
    EXPECT_FALSE(has("countersign_session="));
    EXPECT_FALSE(has(cookie(value.substr(1))));
    EXPECT_FALSE(has(cookie(value + "0")));
    EXPECT_FALSE(has("other_" + cookie(value)));
    EXPECT_FALSE(has("a=" + value));
    EXPECT_TRUE(has(cookie("of another server") + "; " + cookie(value)));
}

TEST_F(SessionsOfAToken, HaveAProofEach) {
    const std::string value = sessions_.begin(token_, now_);
    const std::string other = sessions_.begin(token_, now_);
    const std::string proof = sessions_.proof_of(cookie(value));
    EXPECT_EQ(proof.size(), 64U);
    EXPECT_NE(proof, value);
    EXPECT_NE(proof, sessions_.proof_of(cookie(other)));
    EXPECT_EQ(proof, sessions_.proof_of("a=b; " + cookie(value)));
    EXPECT_EQ(sessions_.proof_of(""), "");
    sessions_.end(cookie(value));
    EXPECT_EQ(sessions_.proof_of(cookie(value)), "");
}

TEST_F(SessionsOfAToken, EndWhenTheyAreToldTo) {
    const std::string value = sessions_.begin(token_, now_);
    const std::string other = sessions_.begin(token_, now_);
    sessions_.end(cookie(value));
    EXPECT_FALSE(has(cookie(value)));
    EXPECT_TRUE(has(cookie(other)));
}

TEST_F(SessionsOfAToken, EndAfterEightHours) {
    const std::string value = sessions_.begin(token_, now_);
    now_ += std::chrono::hours{8} - std::chrono::seconds{1};
    EXPECT_TRUE(has(cookie(value)));
    now_ += std::chrono::seconds{1};
    EXPECT_FALSE(has(cookie(value)));
}

TEST_F(SessionsOfAToken, EndWithIt) {
    const std::string value = sessions_.begin(token_, now_);
    const auto another = certs::PasswordDigest::of("fedcba9876543210");
    EXPECT_FALSE(sessions_.has(cookie(value), *another, now_));
    EXPECT_FALSE(has(cookie(value))) << "it is gone for good";
    const std::string next = sessions_.begin(token_, now_);
    const auto read_again = certs::PasswordDigest::of(kToken);
    EXPECT_TRUE(sessions_.has(cookie(next), *read_again, now_)) << "a reload ends none";
}

TEST_F(SessionsOfAToken, AreSoManyAndNoMore) {
    const std::string first = sessions_.begin(token_, now_);
    std::set<std::string> values;
    for (std::size_t i = 0; i < Sessions::kMost; ++i) values.insert(sessions_.begin(token_, now_));
    EXPECT_EQ(values.size(), Sessions::kMost) << "no two are the same";
    EXPECT_FALSE(has(cookie(first))) << "the oldest made way";
    for (const std::string& value : values) EXPECT_TRUE(has(cookie(value)));
}

TEST_F(SessionsOfAToken, AreNoBusinessOfScriptsAndOtherSites) {
    EXPECT_EQ(
        Sessions::set_cookie("1f"),
        "countersign_session=1f; Path=/; HttpOnly; SameSite=Strict; Max-Age=28800"
    );
    EXPECT_EQ(
        Sessions::set_cookie({}),
        "countersign_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
    );
}

}  // namespace
}  // namespace countersign::proxy::admin
