#include <gtest/gtest.h>

#include <filesystem>

#include "certs/certificate_bundle.hpp"
#include "certs/edit/store_draft.hpp"
#include "certs/file.hpp"
#include "certs/identity_loader.hpp"
#include "certs/lint/lint.hpp"
#include "certs/trust_file.hpp"
#include "certs/trust_store.hpp"
#include "tests/certs/bounds/hostile_files.hpp"
#include "tests/certs/bounds/memory_count.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

std::size_t bound_for(std::size_t size) { return (std::size_t{64} << 20) + 20 * size; }

class HostileMemory : public testing::TestWithParam<HostileFile> {
protected:
    /// What OpenSSL loads once and keeps.
    static void SetUpTestSuite() {
        for (const char* file : {"legacy.p12", "client.jceks", "client.pem", "bundle.p7b"}) {
            static_cast<void>(certs::load_identity(source_of(data(file))));
        }
    }

    template <class Read>
    void measure(const char* how, Read read) {
        const PeakMemory peak;
        const bool opened = read();
        RecordProperty(
            how, std::string{opened ? "opened, " : "refused, "} + std::to_string(peak.bytes() >> 20)
        );
        EXPECT_LE(peak.bytes(), bound_for(bytes_.size())) << how;
    }

    const std::string bytes_ = GetParam().make();
    const TempDir directory_;
    const std::filesystem::path file_ = directory_.write("store.pem", bytes_);
};

TEST_P(HostileMemory, IsMeasuredWithAFileThatIsFull) {
    EXPECT_LE(bytes_.size(), certs::kMaxStoreBytes);
    EXPECT_GT(bytes_.size(), certs::kMaxStoreBytes / 4);
}

TEST_P(HostileMemory, OfAFileIsBoundedByItsSize) {
    const certs::Secret password{std::string{kPassword}};
    const std::filesystem::path& file = file_;
    measure("identity", [&] { return certs::load_identity(source_of(file)).has_value(); });
    measure("trust", [&] { return certs::read_trusted({file, password}).has_value(); });
    measure("lint", [&] { return certs::lint_key_store(source_of(file), {}).has_value(); });
    measure("lint_trust", [&] {
        return certs::lint_trust(certs::TrustFile{file, password}, {}).has_value();
    });
    measure("certificates", [&] {
        return certs::read_certificates(certs::as_bytes(bytes_), password, "reply").has_value();
    });
}

TEST_P(HostileMemory, OfAKeyFileAndOfInlineTextIsBoundedByTheirSize) {
    certs::KeyStoreSource source = source_of(data("chain.pem"));
    source.key_file = file_;
    const certs::TrustSource text = certs::TrustInlinePem{bytes_, "x"};
    measure("key", [&] { return certs::load_identity(source).has_value(); });
    measure("key_lint", [&] { return certs::lint_key_store(source, {}).has_value(); });
    measure("pem", [&] { return certs::TrustStore::load({text}).has_value(); });
    measure("pem_lint", [&] { return certs::lint_trust(text, {}).has_value(); });
}

TEST_P(HostileMemory, OfAStoreThatIsWrittenAgainIsBoundedByItsSize) {
    for (const bool with_password : {true, false}) {
        const auto password = with_password ? secret(kPassword) : std::nullopt;
        measure(with_password ? "draft" : "draft_open", [&] {
            auto draft = certs::StoreDraft::read(certs::as_bytes(bytes_), password, "store");
            return draft && draft->write(std::chrono::milliseconds{0});
        });
    }
}

INSTANTIATE_TEST_SUITE_P(
    Files, HostileMemory, testing::ValuesIn(hostile_files()),
    [](const auto& test) { return test.param.name; }
);

}  // namespace
}  // namespace countersign::tests
