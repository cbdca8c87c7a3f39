#include "proxy/admin/sessions.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>

namespace countersign::proxy::admin {
namespace {

constexpr std::string_view kToken = "0123456789abcdef";

class SessionsOfAToken : public testing::Test {
protected:
    static std::string cookie(const std::string& value) { return "countersign_session=" + value; }
    bool has(const std::string& cookies) { return who(cookies) != nullptr; }
    const Sessions::Who* who(const std::string& cookies) {
        const auto in_force = [this](const std::string& user) -> const certs::PasswordDigest* {
            if (user.empty()) return &token_;
            return user == "anna" && anna_ ? &*anna_ : nullptr;
        };
        return sessions_.who(cookies, in_force, now_);
    }
    std::string begin() { return sessions_.begin({{}, generation::Role::edit, token_}, now_); }

    certs::PasswordDigest token_ = *certs::PasswordDigest::of(kToken);
    /// Of a user's line; null: there is none.
    std::optional<certs::PasswordDigest> anna_ = *certs::PasswordDigest::of("anna:view:a");
    Sessions sessions_;
    Sessions::TimePoint now_ = Sessions::TimePoint{} + std::chrono::hours{100};
};

TEST_F(SessionsOfAToken, AreKnownByTheirCookieAmongOthers) {
    const std::string value = begin();

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

TEST_F(SessionsOfAToken, HaveACookieOfAnotherNameOverHttps) {
    const std::string value = begin();
    const std::string host_only = "__Host-" + cookie(value);
    EXPECT_NE(sessions_.proof_of(cookie(value)), "");
    EXPECT_EQ(sessions_.proof_of({cookie(value), true}), "") << "any server of the host may set it";
    EXPECT_NE(sessions_.proof_of({host_only, true}), "");
    EXPECT_EQ(sessions_.proof_of(host_only), "");
}

TEST_F(SessionsOfAToken, HaveAProofEach) {
    const std::string value = begin();
    const std::string other = begin();
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
    const std::string value = begin();
    const std::string other = begin();
    sessions_.end(cookie(value));
    EXPECT_FALSE(has(cookie(value)));
    EXPECT_TRUE(has(cookie(other)));
}

TEST_F(SessionsOfAToken, EndAfterEightHours) {
    const std::string value = begin();
    now_ += std::chrono::hours{8} - std::chrono::seconds{1};
    EXPECT_TRUE(has(cookie(value)));
    now_ += std::chrono::seconds{1};
    EXPECT_FALSE(has(cookie(value)));
}

TEST_F(SessionsOfAToken, EndWithIt) {
    const std::string value = begin();
    const auto before = token_;
    token_ = *certs::PasswordDigest::of("fedcba9876543210");
    EXPECT_FALSE(has(cookie(value)));
    token_ = before;
    EXPECT_FALSE(has(cookie(value))) << "it is gone for good";
    const std::string next = begin();
    token_ = *certs::PasswordDigest::of(kToken);
    EXPECT_TRUE(has(cookie(next))) << "a reload ends none";
}

TEST_F(SessionsOfAToken, AreNoUsersWhoseEndWithTheirLines) {
    const std::string of_token = begin();
    const auto enter = [this] {
        return sessions_.begin({"anna", generation::Role::view, *anna_}, now_);
    };
    const std::string value = enter();
    ASSERT_TRUE(has(cookie(value)));
    EXPECT_EQ(who(cookie(value))->user, "anna");
    EXPECT_EQ(who(cookie(value))->role, generation::Role::view);
    anna_ = *certs::PasswordDigest::of("anna:view:a");
    EXPECT_TRUE(has(cookie(value))) << "a reload ends none";
    anna_ = *certs::PasswordDigest::of("anna:edit:a");
    EXPECT_FALSE(has(cookie(value))) << "another role";
    const std::string next = enter();
    anna_.reset();
    EXPECT_FALSE(has(cookie(next))) << "her line is gone";
    EXPECT_TRUE(has(cookie(of_token)));
}

TEST_F(SessionsOfAToken, AreSoManyOfOneUserAndEndNoOthers) {
    const std::string annas = sessions_.begin({"anna", generation::Role::view, *anna_}, now_);
    const std::string first = begin();
    std::set<std::string> values;
    for (std::size_t i = 0; i < Sessions::kMostOfOne; ++i) values.insert(begin());
    EXPECT_EQ(values.size(), Sessions::kMostOfOne) << "no two are the same";
    EXPECT_FALSE(has(cookie(first))) << "the oldest made way";
    for (const std::string& value : values) EXPECT_TRUE(has(cookie(value)));
    EXPECT_TRUE(has(cookie(annas)));
}

TEST_F(SessionsOfAToken, AreSoManyTogether) {
    const std::string annas = sessions_.begin({"anna", generation::Role::view, *anna_}, now_);
    const std::string oldest = begin();
    const std::string next = begin();
    for (std::size_t i = 3; i <= Sessions::kMost; ++i) {
        sessions_.begin({"user " + std::to_string(i), generation::Role::view, token_}, now_);
    }
    EXPECT_NE(sessions_.proof_of(cookie(annas)), "");
    EXPECT_EQ(sessions_.proof_of(cookie(oldest)), "") << "its user had most";
    EXPECT_NE(sessions_.proof_of(cookie(next)), "");
}

TEST_F(SessionsOfAToken, AreNoBusinessOfScriptsAndOtherSites) {
    EXPECT_EQ(
        Sessions::set_cookie("1f", false),
        "countersign_session=1f; Path=/; HttpOnly; SameSite=Strict; Max-Age=28800"
    );
    EXPECT_EQ(
        Sessions::set_cookie("1f", true),
        "__Host-countersign_session=1f; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=28800"
    );
    EXPECT_EQ(
        Sessions::set_cookie({}, false),
        "countersign_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
    );
}

}  // namespace
}  // namespace countersign::proxy::admin
