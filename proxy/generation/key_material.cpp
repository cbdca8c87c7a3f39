#include "proxy/generation/key_material.hpp"

#include <algorithm>
#include <variant>

#include "certs/content_state.hpp"
#include "certs/identity_loader.hpp"
#include "certs/system_trust.hpp"
#include "proxy/generation/key_material_files.hpp"

namespace countersign::proxy::generation {

namespace {

bool same(const certs::KeyStoreSource& a, const certs::KeyStoreSource& b) {
    return a.declared == b.declared && a.file == b.file && a.key_file == b.key_file &&
           a.chain_files == b.chain_files && a.password == b.password &&
           a.key_password == b.key_password && a.alias == b.alias && a.send_root == b.send_root;
}

bool same(const certs::TrustSource& a, const certs::TrustSource& b) {
    if (a.index() != b.index()) return false;
    if (const auto* file = std::get_if<certs::TrustFile>(&a)) {
        const auto& other = std::get<certs::TrustFile>(b);
        return file->path == other.path && file->password == other.password;
    }
    if (const auto* pem = std::get_if<certs::TrustInlinePem>(&a)) {
        const auto& other = std::get<certs::TrustInlinePem>(b);
        return pem->text == other.text && pem->name == other.name;
    }
    return true;
}

bool same(const std::vector<certs::TrustSource>& a, const std::vector<certs::TrustSource>& b) {
    return std::ranges::equal(a, b, [](const auto& one, const auto& other) {
        return same(one, other);
    });
}

std::string state_of(const std::vector<certs::TrustSource>& sources) {
    std::vector<std::filesystem::path> files;
    bool system = false;
    for (const certs::TrustSource& source : sources) {
        std::ranges::move(files_of(source), std::back_inserter(files));
        system |= std::holds_alternative<certs::TrustSystem>(source);
    }
    return certs::content_state_of(files) + (system ? certs::system_trust_state() : "");
}

}  // namespace

certs::LoadResult<Shared<LoadedKeyStore>> load_key_store(
    const certs::KeyStoreSource& source, const Shared<LoadedKeyStore>& before
) {
    std::string state = certs::content_state_of(files_of(source));
    if (before && before->state == state && same(before->source, source)) return before;
    auto loaded = certs::load_identity(source);
    if (!loaded) return loaded.error();
    Shared<certs::Identity> identity;
    if (before && before->identity->has_content_of(loaded->identity)) {
        identity = before->identity;
    } else {
        identity = std::make_shared<const certs::Identity>(std::move(loaded->identity));
    }
    return std::make_shared<const LoadedKeyStore>(LoadedKeyStore{
        source, std::move(state), std::move(identity), std::move(loaded->notes),
        std::move(loaded->files_with_keys), std::move(loaded->renewal)});
}

certs::LoadResult<Shared<LoadedTrust>> load_trust(
    const std::vector<certs::TrustSource>& sources, const Shared<LoadedTrust>& before
) {
    std::string state = state_of(sources);
    if (before && before->state == state && same(before->sources, sources)) return before;
    auto loaded = certs::TrustStore::load(sources);
    if (!loaded) return loaded.error();
    Shared<certs::TrustStore> store;
    if (before && before->store->has_content_of(*loaded)) {
        store = before->store;
    } else {
        store = std::make_shared<const certs::TrustStore>(std::move(*loaded));
    }
    return std::make_shared<const LoadedTrust>(LoadedTrust{
        sources, std::move(state), std::move(store)});
}

}  // namespace countersign::proxy::generation
