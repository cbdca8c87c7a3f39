#include "profiles/yaml/record_names.hpp"

#include <vector>

#include "certs/text/phrase.hpp"
#include "profiles/certificate_record.hpp"

namespace countersign::profiles {
namespace {

std::string key_store_types() {
    std::vector<std::string_view> types;
    for (const auto& [word, format] : certs::kKeyStoreFormats) types.push_back(word);
    return certs::enumerated(types, "or");
}

std::string a_key_store() { return "a key store (" + key_store_types() + ")"; }

}  // namespace

void RecordNames::add(const std::string& name, std::string_view type, bool active) {
    records_.emplace(name, Record{type, active});
}

std::optional<std::string> RecordNames::as_key_store(const YamlField& field) const {
    return resolve(field, false);
}

std::optional<std::string> RecordNames::as_trust(const YamlField& field) const {
    return resolve(field, true);
}

std::optional<std::string> RecordNames::resolve(const YamlField& field, bool trust) const {
    const auto name = field.scalar("the name of a certificate record");
    if (!name) return std::nullopt;

    const auto found = records_.find(*name);
    if (found == records_.end()) {
        std::vector<std::string_view> known;
        for (const auto& [record_name, record] : records_) {
            if ((record.type == kTrustRecord) == trust) known.push_back(record_name);
        }
        const auto nearest = did_you_mean(*name, known);
        const bool is_file = name->find_first_of("/.") != name->npos;
        const auto hint = nearest.empty() && is_file
                              ? "; a file is named by a record under 'certificates' (type " +
                                    (trust ? std::string{kTrustRecord} : key_store_types()) + ")"
                              : nearest;
        field.problem("no certificate record is named " + quote(*name) + hint);
        return std::nullopt;
    }

    const auto& [type, active] = found->second;
    const auto record = "certificate record " + quote(*name) + " is ";
    if (!type.empty() && (type == kTrustRecord) != trust) {
        const auto expected =
            trust ? "a key store, which says who you are; name the " + std::string{kTrustRecord} +
                        " record of the server's authority"
                  : "a " + std::string{type} + ", which says whom you trust; name " +
                        a_key_store() + " with your own key";
        field.problem(record + expected);
        return std::nullopt;
    }
    if (!active) {
        field.problem(record + "inactive (active: false); activate it or name another here");
        return std::nullopt;
    }
    return std::string{*name};
}

}  // namespace countersign::profiles
