// Every writer is broken on purpose, in each way that loses something: the comparison has to see
// it.
#include "certs/edit/written_proof.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/certs/edit/kept.hpp"
#include "tests/certs/stores.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

using certs::Container;
using certs::KeyStoreEntries;
using certs::SecretBytes;
using certs::StoreDraft;

constexpr std::chrono::milliseconds kNow{1'790'000'000'123};

std::vector<certs::X509Handle> copies(const std::vector<certs::X509Handle>& certificates) {
    std::vector<certs::X509Handle> shared;
    for (const auto& each : certificates) shared.push_back(certs::share(each.get()));
    return shared;
}

KeyStoreEntries copy_of(const KeyStoreEntries& entries) {
    KeyStoreEntries copy;
    copy.found = entries.found;
    copy.container = entries.container;
    for (const auto& key : entries.keys) {
        copy.keys.push_back(
            {key.alias, key.key, copies(key.certificates), key.created, key.bag, key.has_new_chain}
        );
    }
    copy.loose = copies(entries.loose);
    for (const auto& each : entries.trusted) {
        copy.trusted.push_back({each.alias, certs::share(each.certificate.get()), each.created});
    }
    for (const auto& bag : entries.carried.certificate_bags) {
        copy.carried.certificate_bags.push_back(
            {certs::share(bag.certificate.get()), bag.der, bag.name, bag.trusted}
        );
    }
    copy.carried.foreign_bags = entries.carried.foreign_bags;
    for (const auto& piece : entries.carried.pem) {
        copy.carried.pem.push_back(
            {piece.kind, piece.label, piece.text, piece.block, piece.key,
             copies(piece.certificates), piece.says_more}
        );
    }
    return copy;
}

/// What goes wrong in a writer.
struct Fault {
    const char* name;
    std::function<void(KeyStoreEntries&)> damage;
    const char* told;
};

certs::StoreWriter broken(const Fault& fault) {
    return [&fault](
               const KeyStoreEntries& entries, Container container,
               const std::optional<certs::Secret>& password, std::chrono::milliseconds now
           ) {
        KeyStoreEntries copy = copy_of(entries);
        fault.damage(copy);
        return certs::write_entries(copy, container, password, now);
    };
}

std::string sentence(StoreDraft& draft, const certs::StoreWriter& writer) {
    const auto bytes = draft.write(kNow, writer);
    return bytes ? "written" : bytes.error().sentence;
}

certs::SealedKey another_key(Container container) {
    const certs::PrivateKeyHandle key = make_key();
    StoreDraft draft{container, secret(kPassword), "other"};
    EXPECT_FALSE(draft.add_key("x", key.get(), {}, {}));
    return draft.entries().keys[0].key;
}

/// Two keys of one authority (one in PEM), something trusted, something loose.
StoreDraft store_of(Container container, const std::optional<certs::Secret>& password) {
    const Ca root = Ca::root("Root");
    const auto chain = [](const Issued& issued) {
        auto all = copies(issued.chain);
        all.insert(all.begin(), certs::share(issued.certificate.get()));
        return all;
    };
    const Issued a = root.issue({.common_name = "a"});
    const Issued b = root.issue({.common_name = "b"});
    StoreDraft draft{container, password, "store"};
    EXPECT_FALSE(draft.add_key("a", a.key.get(), chain(a), {}));
    if (has_aliases(container)) {
        EXPECT_FALSE(draft.add_key("b", b.key.get(), chain(b), {}));
    }
    EXPECT_FALSE(draft.add_trusted("partner", certs::share(b.certificate.get())));
    if (!is_java(container)) draft.add_loose(Ca::self_signed({.common_name = "loose"}).certificate);
    return draft;
}

class BrokenWriter : public testing::TestWithParam<Container> {
protected:
    /// The draft as it is, and as it is read from a file.
    void expect_caught(const Fault& fault, bool encrypted = false) {
        SCOPED_TRACE(std::string{name_of(GetParam())} + ": " + fault.name);
        // Where it can be done without: a password is slow by intent.
        const bool has_password = encrypted || is_java(GetParam());
        StoreDraft made = store_of(GetParam(), has_password ? secret(kPassword) : std::nullopt);
        StoreDraft read =
            draft_of(written(made), has_password ? std::optional{kPassword} : std::nullopt);
        for (StoreDraft* draft : {&made, &read}) {
            const std::string said = sentence(*draft, broken(fault));
            EXPECT_NE(said.find(fault.told), std::string::npos) << said;
            EXPECT_NE(said.find("nothing was written and the file is as it was"), said.npos)
                << said;
        }
        EXPECT_EQ(sentence(read, certs::write_entries), "written");
    }
};

// What not every container has: entries with a name, loose certificates, a chain for each key.
class BrokenNamedWriter : public BrokenWriter {};
class BrokenLooseWriter : public BrokenWriter {};
class BrokenChainWriter : public BrokenWriter {};

TEST_P(BrokenWriter, ThatLosesAKey) {
    expect_caught(
        {"", [](KeyStoreEntries& e) { e.keys.erase(e.keys.begin()); }, "would lack the private key"}
    );
}

TEST_P(BrokenWriter, ThatWritesAnotherKey) {
    expect_caught(
        {"",
         [](KeyStoreEntries& e) {
             e.keys[0].key = another_key(GetParam());
             e.carried.pem.clear();
         },
         "would lack the private key"}
    );
}

TEST_P(BrokenWriter, ThatWritesAKeyNobodyCanOpen) {
    expect_caught(
        {"",
         [](KeyStoreEntries& e) {
             e.keys[0].key.der[e.keys[0].key.der.size() - 5] ^= 1;
             e.carried.pem.clear();
         },
         "the private key"},
        true
    );
}

TEST_P(BrokenWriter, ThatLosesALeaf) {
    expect_caught(
        {"",
         [](KeyStoreEntries& e) {
             auto& chain = e.keys[0].certificates;
             chain.erase(chain.begin());
         },
         "the certificate of CN=a"}
    );
}

TEST_P(BrokenNamedWriter, ThatLosesATrustedCertificate) {
    expect_caught(
        {"", [](KeyStoreEntries& e) { e.trusted.clear(); }, "would lack the trusted certificate"}
    );
}

TEST_P(BrokenWriter, ThatTrustsWhatIsNotTrusted) {
    expect_caught(
        {"",
         [](KeyStoreEntries& e) {
             e.trusted.push_back({"more", Ca::self_signed({.common_name = "more"}).certificate});
         },
         "nobody asked for"}
    );
}

TEST_P(BrokenLooseWriter, ThatLosesALooseCertificate) {
    expect_caught(
        {"", [](KeyStoreEntries& e) { e.loose.clear(); }, "would lack the certificate of CN="}
    );
}

TEST_P(BrokenChainWriter, ThatLosesAnIssuerOfOneOfTwoKeys) {
    expect_caught(
        {"", [](KeyStoreEntries& e) { e.keys[1].certificates.pop_back(); },
         "would lack the chain under the alias b"}
    );
}

TEST_P(BrokenNamedWriter, ThatCallsAKeyByAnotherName) {
    expect_caught(
        {"",
         [](KeyStoreEntries& e) {
             e.keys[0].alias = "z";
             e.keys[0].bag.clear();
         },
         "would lack"}
    );
}

TEST_P(BrokenWriter, ThatCutsTheFileShort) {
    StoreDraft draft = store_of(GetParam(), secret(kPassword));

    const std::string said =
        sentence(draft, [](const auto& e, Container c, const auto& p, auto now) {
            auto bytes = certs::write_entries(e, c, p, now);
            bytes->resize(bytes->size() / 2);
            return bytes;
        });

    EXPECT_NE(said.find("does not open again"), std::string::npos) << said;
}

const auto kContainerName = [](const auto& test) {
    std::string name{name_of(test.param)};
    std::erase(name, '#');
    return name;
};

INSTANTIATE_TEST_SUITE_P(
    Containers, BrokenWriter,
    testing::Values(Container::jks, Container::jceks, Container::pkcs12, Container::pem),
    kContainerName
);
INSTANTIATE_TEST_SUITE_P(
    Containers, BrokenNamedWriter,
    testing::Values(Container::jks, Container::jceks, Container::pkcs12), kContainerName
);
INSTANTIATE_TEST_SUITE_P(
    Containers, BrokenLooseWriter, testing::Values(Container::pkcs12, Container::pem),
    kContainerName
);
INSTANTIATE_TEST_SUITE_P(
    Containers, BrokenChainWriter, testing::Values(Container::jks, Container::jceks), kContainerName
);

TEST(BrokenPemWriter, ThatLosesABlockOrALine) {
    const Issued client = Ca::self_signed({.common_name = "client"});
    const std::string text =
        "# by hand\n" + client.key_pem() + client.certificate_pem() + block("DH PARAMETERS");
    for (const Fault& fault : {
             Fault{"", [](auto& e) { e.carried.pem.pop_back(); }, "the block DH PARAMETERS"},
             Fault{"", [](auto& e) { e.carried.pem.back().block[30] ^= 1; }, "DH PARAMETERS"},
             Fault{"", [](auto& e) { e.carried.pem.front().text.clear(); }, "the line '# by hand'"},
         }) {
        StoreDraft draft = draft_of(text);
        const std::string said = sentence(draft, broken(fault));
        EXPECT_NE(said.find(fault.told), std::string::npos) << said;
    }
}

TEST(BrokenPkcs12Writer, ThatLosesABagOrWhatIsSaidInOne) {
    for (const Fault& fault : {
             Fault{"", [](auto& e) { e.carried.foreign_bags.pop_back(); }, "would lack a CRL"},
             Fault{
                 "", [](auto& e) { e.carried.certificate_bags.clear(); }, "the name 'Our issuer'"},
             Fault{"", [](auto& e) { e.keys[0].bag.clear(); }, "Microsoft CSP Name of the private"},
         }) {
        StoreDraft draft = draft_of(read_bytes(data("everything.p12")), std::nullopt);
        const std::string said = sentence(draft, broken(fault));
        EXPECT_NE(said.find(fault.told), std::string::npos) << said;
    }
}

TEST(BrokenJavaWriter, ThatDamagesAKeyWhosePasswordNobodyGave) {
    const Fault fault{
        "",
        [](KeyStoreEntries& e) {
            for (auto& key : e.keys) {
                if (key.alias == "second") key.key.der.back() ^= 1;
            }
        },
        "the private key under the alias second"};
    for (const char* file : {"several.jks", "several.jceks"}) {
        StoreDraft draft = draft_of(read_bytes(data(file)));
        const std::string said = sentence(draft, broken(fault));
        EXPECT_NE(said.find(fault.told), std::string::npos) << said;
    }
}

}  // namespace
}  // namespace countersign::tests
