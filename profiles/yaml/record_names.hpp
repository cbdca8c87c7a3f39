#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// The certificate records by name, for the profiles that refer to them. Holds records that have
/// problems of their own too, so that one problem does not bring a second.
class RecordNames {
public:
    /// `type` as written, in a tree that outlives this; empty where it is none that is known.
    void add(const std::string& name, std::string_view type, bool active);

    /// One was read that is active and without problems.
    void count_sound() { any_sound_ = true; }
    bool any_sound() const { return any_sound_; }

    /// The name of an active key store, or a problem.
    std::optional<std::string> as_key_store(const YamlField& field) const;
    /// The name of an active trust_store_cert, or a problem.
    std::optional<std::string> as_trust(const YamlField& field) const;

private:
    struct Record {
        std::string_view type;
        bool active;
    };

    /// `trust`: whether a trust_store_cert is expected, or a key store.
    std::optional<std::string> resolve(const YamlField& field, bool trust) const;

    std::string instead_of(
        std::string_view name, const std::vector<std::string_view>& known, bool trust
    ) const;

    std::map<std::string, Record, std::less<>> records_;
    bool any_sound_ = false;
};

}  // namespace countersign::profiles
