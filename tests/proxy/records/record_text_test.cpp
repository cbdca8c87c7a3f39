#include "proxy/records/record_text.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "profiles/yaml_reader.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::records {
namespace {

using profiles::CertificateRecord;

/// The record as the configuration's reader has it, of a text in a folder that has its files.
CertificateRecord read_back(const tests::TempDir& folder, const std::string& text) {
    const auto file = folder.write("record.yaml", text);
    const auto read = profiles::read_configuration(file);
    EXPECT_TRUE(read.has_value()) << text;
    return read.has_value() ? read->certificates.at(0) : CertificateRecord{};
}

std::string twice(const CertificateRecord& record) {
    const tests::TempDir folder;
    for (const char* const name : {"a b\"c.p12", "k.key", "c.pem", "p", "q", "dir.crt"})
        folder.write(name, "");
    return record_text(read_back(folder, record_text(record)));
}

TEST(RecordText, OfAKeyStoreIsReadAsTheSameRecord) {
    CertificateRecord record;
    record.name = "Acme: \"client\" # 1 \xc3\xbc";
    record.description = "two\nlines, a \\ and a \t";
    record.active = false;
    record.warn_before_expiry = std::chrono::hours{7};
    certs::KeyStoreSource source;
    source.declared = certs::KeyStoreFormat::pem;
    source.file = "/somewhere/a b\"c.p12";
    source.key_file = "/somewhere/k.key";
    source.chain_files = {"/somewhere/c.pem", "/somewhere/k.key"};
    source.password = certs::PasswordFile{"/somewhere/p"};
    source.key_password = certs::PasswordFile{"/somewhere/q"};
    source.send_root = true;
    record.source = source;
    EXPECT_EQ(twice(record), record_text(record));
    source.declared = certs::KeyStoreFormat::java_key_store;
    source.key_file.reset();
    source.chain_files.clear();
    source.alias = "my: domain";
    record.source = source;
    EXPECT_EQ(twice(record), record_text(record));
}

TEST(RecordText, OfATrustStoreIsReadAsTheSameRecord) {
    CertificateRecord record;
    record.name = "ca";
    record.source = certs::TrustSource{certs::TrustFile{"/x/dir.crt", certs::PasswordFile{"/x/p"}}};
    EXPECT_EQ(twice(record), record_text(record));
    record.source = certs::TrustSource{certs::TrustInlinePem{
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "ca"}};
    EXPECT_EQ(twice(record), record_text(record));
}

TEST(RecordText, HasAVersionForEachState) {
    CertificateRecord record;
    record.name = "ca";
    record.source = certs::TrustSource{certs::TrustFile{"/x/dir.crt"}};
    const std::string before = version_of(record);
    EXPECT_EQ(before.size(), 32U);
    record.active = false;
    EXPECT_NE(version_of(record), before);
}

TEST(FileStem, IsAPlainNameOfEachRecordsOwn) {
    std::set<std::string> stems;
    const std::string names[] = {"acme",
                                 "Acme",
                                 "ac me",
                                 "ac/me",
                                 "../../etc/passwd",
                                 "\xc3\xbc",
                                 "",
                                 "-",
                                 std::string(300, 'x'),
                                 "a\nb"};
    for (const std::string& name : names) {
        const std::string stem = file_stem(name);
        EXPECT_EQ(stem.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), stem.npos)
            << stem;
        EXPECT_LE(stem.size(), 50U);
        EXPECT_FALSE(stem.starts_with('-')) << stem;
        EXPECT_TRUE(stems.insert(stem).second) << stem;
    }
    EXPECT_EQ(file_stem("Acme client/1").substr(0, 14), "acme-client-1-");
}

}  // namespace
}  // namespace countersign::proxy::records
