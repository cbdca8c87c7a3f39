#include "profiles/yaml/certificates.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "certs/text/ascii.hpp"
#include "certs/text/phrase.hpp"
#include "profiles/yaml/list.hpp"
#include "profiles/yaml/map.hpp"
#include "profiles/yaml/names.hpp"
#include "profiles/yaml/password.hpp"
#include "profiles/yaml/paths.hpp"
#include "profiles/yaml/scalars.hpp"

namespace countersign::profiles {
namespace {

struct RecordType {
    std::optional<certs::KeyStoreFormat> key_store;  ///< nullopt: a trust_store_cert
};

/// The type that other programs, and files, call so; empty for any other text.
std::string_view type_meant_by(std::string_view text) {
    const auto word = certs::in_lower_case(text);
    if (word == "pfx" || word == "p12" || word == "pkcs12") return "pkcs12_key_store";
    if (word == "jks" || word == "jceks") return "java_key_store";
    return word == "pem" ? "pem_key_store" : "";
}

std::optional<RecordType> read_type(YamlMap& map) {
    const auto field = map.require("type", "what the record holds, such as java_key_store");
    if (!field) return std::nullopt;
    std::vector<std::string_view> known;
    for (const auto& [word, format] : certs::kKeyStoreFormats) {
        if (field->is_word(word)) return RecordType{format};
        known.push_back(word);
    }
    if (field->is_word(kTrustRecord)) return RecordType{};
    known.push_back(kTrustRecord);
    if (field->is_word("pkcs11_key_store")) {
        field->unsupported();
    } else if (const auto word = type_meant_by(field->node().text); !word.empty()) {
        field->unexpected(certs::enumerated(known, "or") + "; for this, " + std::string{word});
    } else {
        report_other_word(*field, known);
    }
    return std::nullopt;
}

/// One file, or a list of them.
std::vector<std::filesystem::path> as_chain(const YamlField& field, AsFile as_file) {
    if (field.node().kind == YamlNode::Kind::sequence) {
        if (field.node().items.empty()) {
            field.problem("an empty list; name the authorities' certificates, or leave it out");
        }
        return read_list<std::filesystem::path>(field, "a file's path", as_file);
    }
    std::vector<std::filesystem::path> files;
    if (auto path = as_file(field)) files.push_back(std::move(*path));
    return files;
}

certs::KeyStoreSource read_key_store(YamlMap& map, certs::KeyStoreFormat format, AsFile as_file) {
    certs::KeyStoreSource source;
    source.declared = format;
    const bool has_pem = std::ranges::find(map.field().node().entries, "pem", &YamlEntry::key) !=
                         map.field().node().entries.end();
    map.refuse(
        "pem",
        "is for a trust_store_cert only: a key store does not stand in the configuration; save "
        "this text as a file that nobody else may read, and write file: PATH instead"
    );
    const auto file = has_pem ? map.find("file") : map.require("file", "the path of the key store");
    if (file) {
        if (auto path = as_file(*file)) source.file = std::move(*path);
    }
    const auto read_password = [=](const YamlField& field) { return as_password(field, as_file); };
    map.read("password", source.password, read_password);
    map.read("key_password", source.key_password, read_password);

    if (format == certs::KeyStoreFormat::pem) {
        map.read("key", source.key_file, as_file);
        if (const auto chain = map.find("chain")) source.chain_files = as_chain(*chain, as_file);
        map.refuse("alias", "a PEM key store has no aliases; remove it");
    } else {
        map.read("alias", source.alias, as_text);
        map.refuse(
            "key", "is for a pem_key_store only: here 'file' holds the private key, too; remove it"
        );
        map.refuse(
            "chain",
            "is for a pem_key_store only: here the chain stands in 'file', where `countersign "
            "keystore import` puts it; remove it"
        );
    }
    map.read("send_root", source.send_root, as_bool);
    return source;
}

std::optional<std::string> as_inline_certificates(const YamlField& field) {
    constexpr std::string_view kExpected = "certificates in PEM: -----BEGIN CERTIFICATE----- …";
    const auto text = field.scalar(kExpected);
    if (!text) return std::nullopt;
    if (text->find("PRIVATE KEY-----") != text->npos) {
        field.problem("holds a private key; keys never stand in the configuration");
        return std::nullopt;
    }
    if (text->find("-----BEGIN ") != text->npos) return std::string{*text};
    field.unexpected(kExpected);
    return std::nullopt;
}

certs::TrustSource read_trust(YamlMap& map, const std::string& name, bool active) {
    certs::TrustSource source;
    const auto file = map.find("file");
    const auto pem = map.find("pem");
    std::optional<certs::PasswordSource> password;
    if (file) {
        const AsFile as_file = active ? as_existing_file : as_path;
        map.read("password", password, [=](const YamlField& field) {
            return as_password(field, as_file);
        });
    } else {
        map.refuse("password", "is for a trust store in a file; remove it");
    }

    if (file.has_value() == pem.has_value()) {
        map.field().problem("a trust_store_cert has either 'file' or 'pem'");
    } else if (file) {
        const AsFile as_trust = active ? as_existing_file_or_directory : as_path;
        if (auto path = as_trust(*file)) {
            source = certs::TrustFile{std::move(*path), std::move(password)};
        }
    } else if (auto text = as_inline_certificates(*pem)) {
        source = certs::TrustInlinePem{std::move(*text), name};
    }

    map.refuse(
        "chain",
        "is for key stores; 'file' takes one file with all trusted certificates, or a directory of "
        "such files; remove it"
    );
    for (const auto* key : {"key_password", "alias", "key", "send_root"}) {
        map.refuse(key, "is for key stores; a trust_store_cert holds certificates only; remove it");
    }
    return source;
}

CertificateRecord read_record(const YamlField& field, UniqueNames& unique, RecordNames& names) {
    CertificateRecord record;
    record.where = field.place().to_text();
    record.written_in = *field.place().file;
    YamlMap map{field, "a certificate record: a map with name, type and file"};
    const auto name = unique.read(map);
    const auto type = read_type(map);
    map.read("active", record.active, as_bool);
    map.read("description", record.description, as_text);
    map.read("warn_before_expiry", record.warn_before_expiry, as_hours);
    if (name) {
        record.name = *name;
        const auto type_field = map.find("type");
        names.add(*name, type ? std::string_view{type_field->node().text} : "", record.active);
    }
    if (name == "system") {
        map.find("name")->problem("'system' is the name of the system's trust store; choose another"
        );
    }

    // Nobody loads an inactive record: its files may be gone.
    const AsFile as_file = record.active ? as_existing_file : as_path;
    if (!type) {
        for (const auto* key :
             {"file", "pem", "password", "key_password", "alias", "key", "chain", "send_root"})
            map.find(key);
    } else if (type->key_store) {
        record.source = read_key_store(map, *type->key_store, as_file);
    } else {
        record.source = read_trust(map, record.name, record.active);
    }
    return record;
}

}  // namespace

std::vector<CertificateRecord> read_certificates(const YamlField& field, RecordNames& names) {
    std::vector<CertificateRecord> records;
    UniqueNames unique{"certificate record"};
    const auto items = field.items("a list of certificate records");
    if (!items) return records;
    for (const auto& item : *items) {
        const auto problems = item.report().problem_count();
        records.push_back(read_record(item, unique, names));
        const bool sound = item.report().problem_count() == problems;
        if (sound && records.back().active) names.count_sound();
    }
    return records;
}

}  // namespace countersign::profiles
