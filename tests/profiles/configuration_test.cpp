#include "profiles/configuration.hpp"

#include <gtest/gtest.h>

namespace countersign::profiles {
namespace {

using certs::KeyStoreFormat;
using certs::word_for;

TEST(Configuration, EveryValueHasItsWord) {
    EXPECT_EQ(word_for(certs::kKeyStoreFormats, KeyStoreFormat::java_key_store), "java_key_store");
    EXPECT_EQ(word_for(certs::kKeyStoreFormats, KeyStoreFormat::pkcs12), "pkcs12_key_store");
    EXPECT_EQ(word_for(certs::kKeyStoreFormats, KeyStoreFormat::pem), "pem_key_store");
    EXPECT_EQ(word_for(kTlsVersions, TlsVersion::tls_1_2), "1.2");
    EXPECT_EQ(word_for(kTlsVersions, TlsVersion::tls_1_3), "1.3");
    EXPECT_EQ(word_for(kRetryRules, RetryRule::never), "never");
    EXPECT_EQ(word_for(kRetryRules, RetryRule::if_unsent), "if_unsent");
    EXPECT_EQ(word_for(kRetryRules, RetryRule::idempotent), "idempotent");
    EXPECT_EQ(word_for(kConnectRules, ConnectRule::reject), "reject");
    EXPECT_EQ(word_for(kConnectRules, ConnectRule::tunnel), "tunnel");
    EXPECT_EQ(word_for(kUnmatchedRules, UnmatchedRule::reject), "reject");
    EXPECT_EQ(word_for(kUnmatchedRules, UnmatchedRule::tls), "tls");
    EXPECT_EQ(word_for(kUnmatchedRules, UnmatchedRule::report), "report");
    EXPECT_EQ(word_for(kUnmatchedRules, UnmatchedRule::tunnel_connect), "tunnel_connect");
    EXPECT_EQ(word_for(kLogLevels, LogLevel::debug), "debug");
    EXPECT_EQ(word_for(kLogLevels, LogLevel::info), "info");
    EXPECT_EQ(word_for(kLogLevels, LogLevel::warning), "warning");
    EXPECT_EQ(word_for(kLogLevels, LogLevel::error), "error");
    EXPECT_EQ(word_for(kLogFormats, LogFormat::text), "text");
    EXPECT_EQ(word_for(kLogFormats, LogFormat::json), "json");
}

TEST(Configuration, AListenersAddressIsWrittenAsItIsRead) {
    EXPECT_EQ(to_text(TcpAddress{*IpAddress::parse("127.0.0.1"), 3128}), "127.0.0.1:3128");
    EXPECT_EQ(to_text(TcpAddress{*IpAddress::parse("::1"), 3128}), "[::1]:3128");
    EXPECT_EQ(to_text(TcpAddress{*IpAddress::parse("::1"), 0}), "[::1]:0");
    EXPECT_EQ(to_text(UnixAddress{"/run/apps.sock"}), "unix:/run/apps.sock");
}

}  // namespace
}  // namespace countersign::profiles
