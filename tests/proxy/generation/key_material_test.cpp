#include "proxy/generation/key_material.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "proxy/generation/key_material_files.hpp"
#include "tests/support/ca.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::generation {
namespace {

class KeyMaterialTest : public testing::Test {
protected:
    certs::KeyStoreSource write(const std::string& name, const std::string& subject) {
        certs::KeyStoreSource source;
        source.declared = certs::KeyStoreFormat::pem;
        source.file = directory_.write(name, pem_of(subject));
        return source;
    }
    std::string pem_of(const std::string& subject) const {
        const tests::Issued issued = ca_.issue({.common_name = subject, .client_auth = true});
        return issued.chain_pem() + issued.key_pem();
    }
    Shared<LoadedKeyStore> load(
        const certs::KeyStoreSource& source, Shared<LoadedKeyStore> before = nullptr
    ) {
        certs::ContentStates states;
        const auto files = files_of(source);
        const std::string state = states.are_digests(files) ? states.of(files) : std::string{};
        auto loaded = load_key_stores({{&source, state, std::move(before)}}, settled_);
        EXPECT_TRUE(loaded.at(0)) << loaded.at(0).error().message();
        return *loaded.at(0);
    }

    const tests::TempDir directory_;
    const tests::Ca ca_ = tests::Ca::root("Root");
    bool settled_ = true;
};

TEST_F(KeyMaterialTest, IsTakenOverWhereNothingHasChanged) {
    const auto source = write("a.pem", "a");
    const auto first = load(source);
    EXPECT_EQ(load(source, first), first);
    EXPECT_TRUE(settled_);
}

TEST_F(KeyMaterialTest, IsReadAgainWhereTheFileHasChanged) {
    const auto source = write("a.pem", "a");
    const auto first = load(source);
    write("a.pem", "b");
    const auto second = load(source, first);
    EXPECT_EQ(second->identity->subject(), "CN=b");
}

TEST_F(KeyMaterialTest, IsReadAgainWhereItsRecordSaysSomethingElse) {
    auto source = write("a.pem", "a");
    const auto first = load(source);
    source.send_root = true;
    const auto second = load(source, first);
    EXPECT_NE(second, first);
    EXPECT_EQ(second->identity, first->identity) << "the same content: connections live on";
}

/// What a pipe holds nobody knows before it is read: it is, by each load.
TEST_F(KeyMaterialTest, IsReadAgainWhereItIsToldByNoContent) {
    certs::KeyStoreSource source;
    source.declared = certs::KeyStoreFormat::pem;
    source.file = directory_ / "pipe.pem";
    ASSERT_EQ(::mkfifo(source.file.c_str(), 0600), 0);
    Shared<LoadedKeyStore> before;
    for (const std::string subject : {"a", "b"}) {
        const std::string pem = pem_of(subject);
        std::thread writer{[&] { std::ofstream{source.file} << pem; }};
        before = load(source, before);
        writer.join();
        EXPECT_EQ(before->identity->subject(), "CN=" + subject);
    }
    EXPECT_TRUE(settled_) << "a look would find it changed for ever";
}

TEST_F(KeyMaterialTest, IsOfNoStateWhereItWasReadInAnotherThanWasWanted) {
    const auto source = write("a.pem", "a");
    certs::ContentStates states;
    const std::string state = states.of(files_of(source));
    write("a.pem", "b");
    const auto loaded = load_key_stores({{&source, state, nullptr}}, settled_);
    EXPECT_FALSE(settled_);
    EXPECT_NE((*loaded.at(0))->state, state);
}

TEST_F(KeyMaterialTest, ComesFromSeveralThreadsInItsOrder) {
    std::vector<certs::KeyStoreSource> sources;
    for (int i = 0; i < 200; ++i) {
        sources.push_back(write(std::to_string(i) + ".pem", "client " + std::to_string(i % 7)));
    }
    sources[150].file = directory_ / "none.pem";
    std::vector<WantedKeyStore> wanted;
    for (const auto& source : sources) wanted.push_back({&source, {}, nullptr});
    const auto loaded = load_key_stores(std::move(wanted), settled_);
    for (std::size_t i = 0; i < loaded.size(); ++i) {
        if (i == 150) {
            EXPECT_FALSE(loaded[i]);
            continue;
        }
        ASSERT_TRUE(loaded[i]);
        EXPECT_EQ((*loaded[i])->identity->subject(), "CN=client " + std::to_string(i % 7));
    }
}

TEST_F(KeyMaterialTest, HasAFileThatWasReplacedAndPutBackForChanged) {
    const auto file = directory_.write("a", "one");
    const std::string before = certs::file_stamps_of({file});
    EXPECT_EQ(certs::file_stamps_of({file}), before);
    std::filesystem::rename(file, directory_ / "b");
    directory_.write("a", "two");
    std::filesystem::remove(file);
    directory_.write("a", "one");
    EXPECT_NE(certs::file_stamps_of({file}), before);
}

}  // namespace
}  // namespace countersign::proxy::generation
