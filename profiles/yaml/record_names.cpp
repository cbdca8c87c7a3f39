#include "profiles/yaml/record_names.hpp"

#include <vector>

#include "certs/text/phrase.hpp"
#include "profiles/certificate_record.hpp"

namespace countersign::profiles {
namespace {

std::string a_key_store() {
    std::vector<std::string_view> types;
    for (const auto& [word, format] : certs::kKeyStoreFormats) types.push_back(word);
    return "a key store (" + certs::enumerated(types, "or") + ")";
}

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
        field.problem(
            "no certificate record is named " + quote(*name) + did_you_mean(*name, known)
        );
        return std::nullopt;
    }

    const auto& [type, active] = found->second;
    const auto record = "certificate record " + quote(*name) + " is ";
    if (!type.empty() && (type == kTrustRecord) != trust) {
        const auto expected = trust ? std::string{kTrustRecord} : a_key_store();
        field.problem(record + std::string{type} + "; expected " + expected);
        return std::nullopt;
    }
    if (!active) {
        field.problem(record + "inactive (active: false); activate it or name another here");
        return std::nullopt;
    }
    return std::string{*name};
}

}  // namespace countersign::profiles
