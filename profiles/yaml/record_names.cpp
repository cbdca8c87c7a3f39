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

/// `known`: the names of the right kind. What else could be meant, and where a record belongs.
std::string RecordNames::instead_of(
    std::string_view name, const std::vector<std::string_view>& known, bool trust
) const {
    constexpr std::size_t kMostNamed = 5;
    if (auto nearest = did_you_mean(name, known); !nearest.empty()) return nearest;
    const std::string types = trust ? std::string{kTrustRecord} : key_store_types();
    if (name.find_first_of("/.") != name.npos) {
        return "; a file is named by a record under 'certificates' (type " + types + ")";
    }
    if (records_.empty()) {
        return ", and there are none; add it under certificates:, with that name, type (" + types +
               ") and file";
    }
    if (known.empty() || known.size() > kMostNamed) return {};
    std::vector<std::string> quoted;
    for (const auto one : known) quoted.push_back(quote(one));
    return std::string{"; there "} + (known.size() == 1 ? "is " : "are ") +
           certs::enumerated(quoted, "and");
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
            "no certificate record is named " + quote(*name) + instead_of(*name, known, trust)
        );
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
