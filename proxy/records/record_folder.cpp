#include "proxy/records/record_folder.hpp"

#include <optional>
#include <set>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "certs/file.hpp"
#include "certs/printable.hpp"
#include "certs/random_text.hpp"
#include "certs/sha256.hpp"
#include "certs/text/word.hpp"
#include "profiles/yaml_reader.hpp"
#include "proxy/records/record_text.hpp"

namespace countersign::proxy::records {

namespace {

namespace fs = std::filesystem;
using certs::EditError;
using certs::EditResult;
using profiles::CertificateRecord;

/// What a record's YAML file names.
struct Named {
    std::vector<fs::path> stores;
    std::vector<fs::path> passwords;
};

void add_password(Named& named, const std::optional<certs::PasswordSource>& source) {
    if (!source) return;
    if (const auto* const file = std::get_if<certs::PasswordFile>(&*source))
        named.passwords.push_back(file->path);
}

Named named_by(const CertificateRecord& record) {
    Named named;
    if (const auto* const store = std::get_if<certs::KeyStoreSource>(&record.source)) {
        named.stores.push_back(store->file);
        if (store->key_file) named.stores.push_back(*store->key_file);
        for (const fs::path& one : store->chain_files) named.stores.push_back(one);
        add_password(named, store->password);
        add_password(named, store->key_password);
    } else if (const auto* const trust = std::get_if<certs::TrustFile>(
                   &std::get<certs::TrustSource>(record.source)
               )) {
        named.stores.push_back(trust->path);
        add_password(named, trust->password);
    }
    return named;
}

std::string_view ending_for(std::string_view type) {
    if (type == "java_key_store") return ".jks";
    if (type == "pkcs12_key_store") return ".p12";
    return type == "pem_key_store" ? ".pem" : ".crt";
}

/// Behind a record's stem: no two files that are written have the same name.
constexpr std::size_t kRandomBytes = 6;

std::optional<certs::KeyStoreFormat> format_of(std::string_view type) {
    for (const auto& [word, format] : certs::kKeyStoreFormats) {
        if (word == type) return format;
    }
    return std::nullopt;
}

/// One line end behind it is not part of a password.
std::string line_of(const certs::Secret& password) { return std::string{password.reveal()} + '\n'; }

}  // namespace

std::string RecordFolder::why_fixed(const CertificateRecord& record) const {
    const std::string name = certs::printable(record.where);
    if (record.written_in != folder_ / record_file_name(record.name)) {
        return "It stands at " + name + ", which is written by hand: change it there.";
    }
    std::error_code error;
    if (fs::is_regular_file(record.written_in, error)) {
        const auto bytes = certs::read_file(record.written_in, certs::kMaxStoreBytes);
        if (bytes && certs::as_text(*bytes) == record_text(record)) return {};
    }
    return "Its file, " + certs::printable(record.written_in.string()) +
           ", was changed by hand, or by another process: change it there, and reload.";
}

EditResult<FolderChange> RecordFolder::begin(const CertificateRecord* former) const {
    if (former == nullptr) return begin_change(folder_, {});
    std::vector<fs::path> files = named_by(*former).stores;
    files.push_back(former->written_in);
    auto change = begin_change(folder_, files);
    if (!change) return change.error();
    if (std::string why = why_fixed(*former); !why.empty()) return EditError{std::move(why)};
    return change;
}

EditResult<FolderChange> RecordFolder::put(
    FolderChange change, CertificateRecord record, const RecordDraft& draft, std::string_view type
) const {
    const std::string part = certs::random_text(kRandomBytes);
    if (part.empty()) return EditError{"This machine has no random numbers."};
    const std::string stem = file_stem(record.name) + '-' + part;
    const auto write = [&](const std::string& name, certs::ByteView bytes) {
        return change.files.write(name, bytes);
    };
    const std::string store = stem + std::string{ending_for(type)};
    if (auto error = write(store, draft.content)) return *error;
    change.after[store] = certs::sha256_hex(draft.content);
    std::optional<certs::PasswordSource> passwords[2];
    const std::pair<const std::optional<certs::Secret>*, const char*> given[] = {
        {&draft.password, ".password"}, {&draft.key_password, ".key_password"}};
    const auto format = format_of(type);
    for (std::size_t i = 0; i < 2; ++i) {
        const bool has_place = format || given[i].first == &draft.password;
        if (!*given[i].first || !has_place) continue;
        const std::string line = line_of(**given[i].first);
        if (auto error = write(stem + given[i].second, certs::as_bytes(line))) return *error;
        passwords[i] = certs::PasswordFile{folder_ / (stem + given[i].second)};
    }
    if (format) {
        certs::KeyStoreSource source;
        if (const auto* const former = std::get_if<certs::KeyStoreSource>(&record.source))
            source.send_root = former->send_root;
        source.declared = *format;
        source.file = folder_ / store;
        source.password = passwords[0];
        source.key_password = passwords[1];
        source.alias = draft.alias;
        record.source = std::move(source);
    } else {
        record.source = certs::TrustSource{certs::TrustFile{folder_ / store, passwords[0]}};
    }
    if (auto error = write_text(change, record)) return *error;
    return change;
}

std::optional<EditError> RecordFolder::write_text(
    FolderChange& change, const CertificateRecord& record
) const {
    const std::string name = record_file_name(record.name);
    const std::string text = record_text(record);
    // What the load would refuse for this text alone never comes to stand there.
    const auto read = profiles::read_configuration_text(text, folder_ / name);
    if (!read) {
        EditError refused;
        for (const profiles::Problem& one : read.error()) {
            const std::string key = one.path.substr(one.path.find('.') + 1);
            const bool is_of_draft = key == "name" || key == "description";
            if (read.error().size() == 1 && is_of_draft) refused.field = key;
            refused.sentence += refused.sentence.empty() ? "" : "\n";
            refused.sentence += key + ": " + one.text;
        }
        return refused;
    }
    if (auto error = write_yaml(change, name, text)) return error;
    change.version = version_of(record);
    return std::nullopt;
}

void RecordFolder::remove_files_of(const CertificateRecord& record, FileChange& files) const {
    std::set<fs::path> others;
    for (const CertificateRecord& other : configuration_.certificates) {
        if (other.name == record.name) continue;
        const Named named = named_by(other);
        for (const auto* const paths : {&named.stores, &named.passwords}) {
            std::error_code error;
            for (const fs::path& one : *paths) others.insert(fs::weakly_canonical(one, error));
        }
    }
    for (const profiles::Profile& profile : configuration_.profiles) {
        std::error_code error;
        for (const fs::path& one : profile.tls.crl) others.insert(fs::weakly_canonical(one, error));
        for (const profiles::SetField& field : profile.request_headers.set) {
            const auto* const file = std::get_if<certs::PasswordFile>(&field.value);
            if (file != nullptr) others.insert(fs::weakly_canonical(file->path, error));
        }
    }
    const Named named = named_by(record);
    for (const auto* const paths : {&named.stores, &named.passwords}) {
        for (const fs::path& one : *paths) {
            std::error_code error;
            const std::string name = one.filename();
            const bool own = name.starts_with(file_stem(record.name) + '-');
            if (own && !others.contains(fs::weakly_canonical(one, error))) files.remove_later(name);
        }
    }
}

EditResult<FolderChange> RecordFolder::create(const RecordDraft& draft, std::string_view type)
    const {
    auto change = begin(nullptr);
    if (!change) return change.error();
    std::error_code error;
    const fs::path path = folder_ / record_file_name(draft.name);
    if (fs::exists(fs::symlink_status(path, error))) {
        return EditError{
            certs::printable(path.string()) +
            " is there already, and its record is not loaded. Look at the last reload's problems."};
    }
    CertificateRecord record;
    record.name = draft.name;
    record.active = draft.active;
    record.description = draft.description;
    return put(std::move(*change), std::move(record), draft, type);
}

EditResult<FolderChange> RecordFolder::replace(
    const CertificateRecord& record, const RecordDraft& draft, std::string_view type
) const {
    auto change = begin(&record);
    if (!change) return change.error();
    remove_files_of(record, change->files);
    CertificateRecord next = record;
    next.active = draft.active;
    return put(std::move(*change), std::move(next), draft, type);
}

EditResult<FolderChange> RecordFolder::rewrite(
    const CertificateRecord& record, const CertificateRecord& next
) const {
    auto change = begin(&record);
    if (!change) return change.error();
    change->after = change->before;
    if (auto error = write_text(*change, next)) return *error;
    return change;
}

EditResult<FolderChange> RecordFolder::remove(const CertificateRecord& record) const {
    auto change = begin(&record);
    if (!change) return change.error();
    if (auto error = change->files.remove(record_file_name(record.name))) return *error;
    remove_files_of(record, change->files);
    return change;
}

}  // namespace countersign::proxy::records
