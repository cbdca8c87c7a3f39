#include "profiles/yaml/record_names.hpp"

#include <vector>

namespace countersign::profiles {
namespace {

constexpr std::string_view kTrustType = "trust_store_cert";
constexpr std::string_view kKeyStoreTypes =
    "a key store (java_key_store, pkcs12_key_store or pem_key_store)";

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
            if ((record.type == kTrustType) == trust) known.push_back(record_name);
        }
        field.problem(
            "no certificate record is named " + quote(*name) + did_you_mean(*name, known)
        );
        return std::nullopt;
    }

    const auto& [type, active] = found->second;
    const auto record = "certificate record " + quote(*name) + " is ";
    if (!type.empty() && (type == kTrustType) != trust) {
        const auto expected = trust ? kTrustType : kKeyStoreTypes;
        field.problem(record + std::string{type} + "; expected " + std::string{expected});
        return std::nullopt;
    }
    if (!active) {
        field.problem(record + "inactive (active: false); activate it or name another here");
        return std::nullopt;
    }
    return std::string{*name};
}

}  // namespace countersign::profiles
