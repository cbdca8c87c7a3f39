#include "proxy/generation/key_material.hpp"

#include <algorithm>
#include <iterator>
#include <variant>

#include "certs/identity_loader.hpp"
#include "certs/system_trust.hpp"
#include "proxy/generation/key_material_files.hpp"
#include "proxy/generation/side_by_side.hpp"

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

std::vector<std::filesystem::path> all_files_of(const std::vector<certs::TrustSource>& sources) {
    std::vector<std::filesystem::path> files;
    for (const certs::TrustSource& source : sources) {
        std::ranges::move(files_of(source), std::back_inserter(files));
    }
    return files;
}

/// In the state of trust that the system's is part of.
std::string system_part(const std::vector<certs::TrustSource>& sources) {
    const bool system = std::ranges::any_of(sources, [](const certs::TrustSource& source) {
        return std::holds_alternative<certs::TrustSystem>(source);
    });
    return system ? certs::system_trust_state() : std::string{};
}

using KeyStoreResult = certs::LoadResult<Shared<LoadedKeyStore>>;

/// Says of which state what is read now will be: none where a file is replaced meanwhile, be it put
/// back at once, or is told by no content.
class ReadState {
public:
    explicit ReadState(std::vector<std::filesystem::path> files)
        : files_{std::move(files)}, stamps_{certs::file_stamps_of(files_)} {
        certs::ContentStates states;
        if (states.are_digests(files_)) state_ = states.of(files_);
    }
    /// When it has been read.
    std::string take() {
        return certs::file_stamps_of(files_) == stamps_ ? std::move(state_) : std::string{};
    }

private:
    const std::vector<std::filesystem::path> files_;
    const std::string stamps_;
    std::string state_;
};

KeyStoreResult load_key_store(const WantedKeyStore& wanted) {
    const Shared<LoadedKeyStore>& before = wanted.before;
    ReadState state{files_of(*wanted.source)};
    auto loaded = certs::load_identity(*wanted.source);
    if (!loaded) return loaded.error();
    Shared<certs::Identity> identity;
    if (before && before->identity->has_content_of(loaded->identity)) {
        identity = before->identity;
    } else {
        identity = std::make_shared<const certs::Identity>(std::move(loaded->identity));
    }
    return std::make_shared<const LoadedKeyStore>(LoadedKeyStore{
        *wanted.source, state.take(), std::move(identity), std::move(loaded->notes),
        std::move(loaded->files_with_keys), std::move(loaded->renewal),
        std::move(loaded->leaf_where)});
}

bool is_as_before(const WantedKeyStore& wanted) {
    return wanted.before && !wanted.state.empty() && wanted.before->state == wanted.state &&
           same(wanted.before->source, *wanted.source);
}

}  // namespace

std::vector<KeyStoreResult> load_key_stores(std::vector<WantedKeyStore> wanted, bool& settled) {
    std::vector<KeyStoreResult> results(wanted.size());
    std::vector<std::size_t> changed;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (is_as_before(wanted[i])) {
            results[i] = std::move(wanted[i].before);
        } else {
            changed.push_back(i);
        }
    }
    side_by_side(changed.size(), [&](std::size_t i) {
        results[changed[i]] = load_key_store(wanted[changed[i]]);
    });
    for (const std::size_t i : changed) {
        // What is told by no content has no state to be of.
        const bool as_wanted = !results[i] || (*results[i])->state == wanted[i].state;
        if (!as_wanted) settled = false;
    }
    return results;
}

certs::LoadResult<Shared<LoadedTrust>> load_trust(
    const std::vector<certs::TrustSource>& sources, const Shared<LoadedTrust>& before,
    certs::ContentStates& states, bool& settled
) {
    const std::vector<std::filesystem::path> files = all_files_of(sources);
    const std::string system = system_part(sources);
    const std::string wanted =
        states.are_digests(files) ? states.of(files) + system : std::string{};
    if (before && !wanted.empty() && before->state == wanted && same(before->sources, sources)) {
        return before;
    }
    ReadState state{files};
    auto loaded = certs::TrustStore::load(sources);
    if (!loaded) return loaded.error();
    std::string read = state.take();
    if (!read.empty()) read += system;
    if (read != wanted) settled = false;
    Shared<certs::TrustStore> store;
    if (before && before->store->has_content_of(*loaded)) {
        store = before->store;
    } else {
        store = std::make_shared<const certs::TrustStore>(std::move(*loaded));
    }
    return std::make_shared<const LoadedTrust>(LoadedTrust{
        sources, std::move(read), std::move(store)});
}

certs::LoadResult<Shared<certs::CrlSet>> load_lists(
    const std::vector<std::filesystem::path>& files, KeyMaterial& made, const KeyMaterial& before,
    certs::ContentStates& states, bool& settled
) {
    std::string name;
    for (const std::filesystem::path& file : files) name += file.native() + '\0';
    if (const auto known = find_loaded(made.lists, name)) return known->lists;
    Shared<LoadedLists>& place = made.lists[name];
    const Shared<LoadedLists> former = find_loaded(before.lists, name);
    const std::string wanted = states.are_digests(files) ? states.of(files) : std::string{};
    if (former && !wanted.empty() && former->state == wanted) {
        place = former;
        return place->lists;
    }
    ReadState state{files};
    auto loaded = certs::CrlSet::load(files);
    if (!loaded) return loaded.error();
    std::string read = state.take();
    if (read != wanted) settled = false;
    Shared<certs::CrlSet> lists;
    if (former && former->lists->has_content_of(*loaded)) {
        lists = former->lists;
    } else {
        lists = std::make_shared<const certs::CrlSet>(std::move(*loaded));
    }
    place = std::make_shared<const LoadedLists>(LoadedLists{std::move(read), std::move(lists)});
    return place->lists;
}

std::string trust_key(const std::vector<std::string>& records, bool system) {
    std::string key = system ? "system" : "";
    for (const std::string& name : records) key += "\n" + name;
    return key;
}

}  // namespace countersign::proxy::generation
