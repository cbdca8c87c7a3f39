// Random stores, random changes: what was not asked away is there afterwards. What has to be there
// is kept by a model that knows nothing of how a store is changed or written.
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <set>
#include <sstream>

#include "certs/certificate.hpp"
#include "certs/der_bytes.hpp"
#include "certs/edit/copy_entries.hpp"
#include "certs/pem.hpp"
#include "tests/certs/edit/kept.hpp"
#include "tests/certs/edit/random_store.hpp"
#include "tests/certs/stores.hpp"

namespace countersign::tests {
namespace {

using certs::Container;
using certs::KeyStoreEntries;
using certs::StoreDraft;

constexpr unsigned kAtLeast = 40;  ///< stores, however slow the machine
constexpr unsigned kStores = 240;
constexpr std::clock_t kMore = 4 * CLOCKS_PER_SEC;  ///< of this process, for those beyond
constexpr int kChanges = 4;

std::string public_key_of(const EVP_PKEY* key) {
    const auto der = certs::der_of(key, i2d_PUBKEY);
    return {der.begin(), der.end()};
}

/// What is in some bytes, by the reader alone.
struct Contents {
    std::multiset<std::string> keys;
    std::set<std::string> certificates;
    std::set<std::string> blocks;
    std::set<std::string> names;    ///< of the trusted, of bags, and the settings of certificates
    std::set<std::string> aliases;  ///< the same of entries
    std::set<std::string> lines;
    std::map<std::string, std::string> subjects;  ///< by fingerprint

    static Contents of(const std::string& bytes, std::optional<std::string_view> password) {
        const auto opens = password ? secret(*password) : std::nullopt;
        const KeyStoreEntries entries =
            certs::read_entries(certs::as_bytes(bytes), opens, "store").value();
        Contents all;
        for (const auto& key : entries.keys) {
            const auto opened = certs::open_key(key.key, opens, "key").value();
            all.keys.insert(public_key_of(opened.get()));
            for (const auto& each : key.certificates) {
                all.add(each.get());
                all.aliases.insert(key.alias + certs::fingerprint_of(each.get()));
            }
        }
        for (const auto& each : entries.loose) all.add(each.get());
        for (const auto& each : entries.trusted) {
            all.add(each.certificate.get());
            all.names.insert(each.alias + certs::fingerprint_of(each.certificate.get()));
            all.aliases.insert(each.alias + certs::fingerprint_of(each.certificate.get()));
        }
        for (const auto& bag : entries.carried.certificate_bags) {
            if (bag.name.empty()) continue;
            all.names.insert(bag.name + certs::fingerprint_of(bag.certificate.get()));
        }
        for (const auto& bag : entries.carried.foreign_bags) {
            all.blocks.emplace(bag.der.begin(), bag.der.end());
        }
        for (const auto& piece : entries.carried.pem) all.add(piece);
        return all;
    }

    void add(const X509* certificate) {
        certificates.insert(certs::fingerprint_of(certificate));
        subjects[certs::fingerprint_of(certificate)] = certs::subject_of(certificate);
    }

    void add(const certs::PemPiece& piece) {
        using Kind = certs::PemPiece::Kind;
        std::istringstream text{std::string{certs::as_text(piece.text)}};
        for (std::string line; std::getline(text, line);) {
            if (line.ends_with('\r')) line.pop_back();
            if (!line.empty()) lines.insert(line);
        }
        const std::string block{certs::as_text(piece.block)};
        if (piece.kind == Kind::other || (piece.kind == Kind::bundle && piece.says_more)) {
            blocks.insert(block);
        } else if (piece.label == "TRUSTED CERTIFICATE") {
            names.insert(block + certs::fingerprint_of(piece.certificates.front().get()));
        }
    }
};

template <class Set>
bool is_within(const Set& part, const Set& whole) {
    return std::ranges::includes(whole, part);
}

/// One change, and what it asks away.
struct Asked {
    std::set<std::string> certificates;
    bool a_key = false;
};

Asked trust_one(Dice& dice, StoreDraft& draft) {
    const auto& certificate = dice.issued().certificate;
    const std::string alias = "new" + std::to_string(dice.below(100));
    if (draft.check_alias(alias)) return {};
    EXPECT_FALSE(draft.add_trusted(alias, certs::share(certificate.get())));
    return {};
}

Asked add_one(Dice& dice, StoreDraft& draft) {
    const Issued& owner = dice.issued();
    std::vector<certs::X509Handle> chain;
    chain.push_back(certs::share(owner.certificate.get()));
    // PEM refuses a second one.
    draft.add_key("key" + std::to_string(dice.below(100)), owner.key.get(), std::move(chain), {});
    return {};
}

Asked renew_one(Dice& dice, StoreDraft& draft) {
    const auto& keys = draft.entries().keys;
    if (keys.empty()) return {};
    const std::size_t at = dice.below(keys.size());
    const auto key = draft.open(at, {}).value();
    const Issued renewed = Ca::root("New").issue({.common_name = "renewed"}, key.get());
    Asked asked;
    for (const auto& each : keys[at].certificates) {
        const bool own = EVP_PKEY_eq(X509_get0_pubkey(each.get()), key.get()) == 1;
        if (own || is_java(draft.container())) {
            asked.certificates.insert(certs::fingerprint_of(each.get()));
        }
    }
    for (const auto& each : draft.entries().loose) {
        if (EVP_PKEY_eq(X509_get0_pubkey(each.get()), key.get()) != 1) continue;
        asked.certificates.insert(certs::fingerprint_of(each.get()));
    }
    std::vector<certs::X509Handle> chain;
    chain.push_back(certs::share(renewed.certificate.get()));
    for (const auto& above : renewed.chain) chain.push_back(certs::share(above.get()));
    draft.set_certificates(at, std::move(chain));
    return asked;
}

Asked delete_one(Dice& dice, StoreDraft& draft) {
    Asked asked;
    const auto& keys = draft.entries().keys;
    const auto& trusted = draft.entries().trusted;
    if (!has_aliases(draft.container()) || keys.size() + trusted.size() < 2) return asked;
    const std::size_t at = dice.below(keys.size() + trusted.size());
    std::string alias;
    if (at < keys.size()) {
        alias = keys[at].alias;
        asked.a_key = true;
        for (const auto& each : keys[at].certificates) {
            asked.certificates.insert(certs::fingerprint_of(each.get()));
        }
    } else {
        alias = trusted[at - keys.size()].alias;
        asked.certificates.insert(certs::fingerprint_of(trusted[at - keys.size()].certificate.get())
        );
    }
    EXPECT_FALSE(draft.remove(alias));
    return asked;
}

Asked change(Dice& dice, StoreDraft& draft) {
    switch (dice.below(4)) {
        case 0:
            return trust_one(dice, draft);
        case 1:
            return add_one(dice, draft);
        case 2:
            return renew_one(dice, draft);
        default:
            return delete_one(dice, draft);
    }
}

void expect_kept(const Contents& before, const Contents& after, const Asked& asked) {
    Contents kept = before;
    for (const std::string& each : asked.certificates) {
        kept.certificates.erase(each);
        std::erase_if(kept.names, [&](const std::string& name) { return name.ends_with(each); });
    }
    EXPECT_TRUE(is_within(kept.certificates, after.certificates));
    EXPECT_TRUE(is_within(kept.blocks, after.blocks));
    EXPECT_TRUE(is_within(kept.names, after.names));
    EXPECT_TRUE(is_within(kept.lines, after.lines));
    EXPECT_GE(after.keys.size() + (asked.a_key ? 1 : 0), kept.keys.size());
    if (!asked.a_key) {
        EXPECT_TRUE(is_within(kept.keys, after.keys));
    }
}

template <class Set>
std::vector<std::string> less(const Set& whole, const Set& part) {
    std::vector<std::string> rest;
    std::ranges::set_difference(whole, part, std::back_inserter(rest));
    return rest;
}

/// How often the report says what begins so.
std::size_t told_times(const std::vector<std::string>& report, std::string_view begin) {
    return static_cast<std::size_t>(std::ranges::count_if(report, [&](const std::string& each) {
        return each.starts_with(begin);
    }));
}

/// What the copy lacks is what it was told to lack, thing by thing.
void expect_told(const Contents& before, const Contents& after, const certs::Copied& copied) {
    std::multiset<std::string> certificates;
    for (const std::string& each : less(before.certificates, after.certificates)) {
        certificates.insert("the certificate of " + before.subjects.at(each));
    }
    std::multiset<std::string> told;
    for (const std::string& each : copied.lost) {
        if (each.starts_with("the certificate of ")) told.insert(each);
    }
    EXPECT_EQ(certificates, told);
    EXPECT_EQ(
        less(before.blocks, after.blocks).size(),
        told_times(copied.lost, "the block ") + told_times(copied.lost, "a bag of the type ")
    );
    std::set<std::string> all{copied.lost.begin(), copied.lost.end()};
    all.insert(copied.unsaid.begin(), copied.unsaid.end());
    for (const std::string& line : less(before.lines, after.lines)) {
        EXPECT_TRUE(all.contains("the line '" + line + "'")) << line;
    }
    std::size_t settings = 0;
    for (const std::string& name : less(before.names, after.names)) {
        const std::string fingerprint = name.substr(name.size() - 64);
        const std::string of = " of " + before.subjects.at(fingerprint);
        if (name.starts_with("-----BEGIN ")) {
            ++settings;
            EXPECT_TRUE(all.contains("the settings of the TRUSTED CERTIFICATE" + of)) << of;
        } else if (!before.aliases.contains(name) && after.certificates.contains(fingerprint)) {
            const std::string text = name.substr(0, name.size() - 64);
            EXPECT_TRUE(all.contains("the name '" + text + "' of the certificate" + of)) << name;
        }
    }
    EXPECT_EQ(told_times(copied.lost, "the settings of "), settings);
}

/// Into another container; what is left out is told, and no key is.
void expect_carried(Dice& dice, const std::string& bytes) {
    constexpr Container kContainers[] = {
        Container::jks, Container::jceks, Container::pkcs12, Container::pem};
    const StoreDraft from = draft_of(bytes, dice.password());
    const Container container = kContainers[dice.below(4)];
    const auto password = is_java(container) ? std::optional{kPassword} : std::nullopt;
    StoreDraft to{container, password ? secret(*password) : std::nullopt, "new"};
    const auto copied = certs::copy_entries(
        from, to, std::nullopt,
        [&](std::size_t key) -> certs::EditResult<certs::PrivateKeyHandle> {
            return std::move(from.open(key, {}).value());
        }
    );
    // Two names that differ by nothing, or two keys for PEM: refused, not lost.
    if (!copied) {
        const std::string& said = copied.error().sentence;
        EXPECT_EQ(said.find("fault of Countersign"), said.npos) << said;
        return;
    }
    SCOPED_TRACE(std::string{"into "} + std::string{name_of(container)});
    const Contents before =
        Contents::of(bytes, from.password() ? std::optional{kPassword} : std::nullopt);
    const Contents after = Contents::of(written(to), password);
    EXPECT_EQ(before.keys, after.keys);
    expect_told(before, after, *copied);
}

/// A bundle with a CRL out of which the key's former certificate would have to be taken.
bool is_refused_as_it_should(const certs::EditResult<certs::SecretBytes>& bytes) {
    return !bytes &&
           bytes.error().sentence.find("in a PKCS#7 bundle that holds CRLs") != std::string::npos;
}

/// Four changes, one after the other.
void expect_nothing_lost(Dice& dice, std::string& bytes) {
    for (int i = 0; i < kChanges; ++i) {
        SCOPED_TRACE("change " + std::to_string(i));
        const Contents before = Contents::of(bytes, dice.password());
        StoreDraft draft = draft_of(bytes, dice.password());

        const Asked asked = change(dice, draft);
        const std::string told_before = told(draft);
        const auto written = draft.write(std::chrono::milliseconds{1'790'000'000'123});

        if (is_refused_as_it_should(written)) continue;
        ASSERT_TRUE(written) << written.error().sentence;
        bytes = std::string{certs::as_text(*written)};
        expect_kept(before, Contents::of(bytes, dice.password()), asked);
        if (testing::Test::HasFailure()) FAIL() << told_before;
    }
}

TEST(AnyStore, LosesNothingThatWasNotAskedAway) {
    const std::clock_t begun = std::clock();
    std::string all;
    unsigned done = 0;
    // A fast machine does more, in the same order.
    while (done < kAtLeast || (done < kStores && std::clock() - begun < kMore)) {
        Dice dice{++done};
        SCOPED_TRACE("seed " + std::to_string(done));
        std::string bytes = random_store(dice);
        if (done <= kAtLeast) all += bytes;

        expect_nothing_lost(dice, bytes);
        expect_carried(dice, bytes);

        if (testing::Test::HasFailure())
            FAIL() << bytes.substr(0, certs::is_pem(certs::as_bytes(bytes)) ? bytes.npos : 0);
    }
    RecordProperty("stores", static_cast<int>(done));
    for (const char* part :
         {"BEGIN TRUSTED CERTIFICATE", "BEGIN PKCS7", "BEGIN EC PRIVATE KEY", "-----\r\n"}) {
        EXPECT_NE(all.find(part), std::string::npos) << part << " was never in one";
    }
}

}  // namespace
}  // namespace countersign::tests
