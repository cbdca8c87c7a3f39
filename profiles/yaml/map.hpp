#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "profiles/yaml/field.hpp"

namespace countersign::profiles {

/// One map of the configuration, read key by key. The keys that were asked for are the vocabulary:
/// at the end of its life it reports all others as unknown, so that no key is ever ignored and no
/// second list of keys can fall behind.
class YamlMap {
public:
    /// Anything but a map is reported; it then behaves like a map without keys of which none is
    /// required. `expected`: "a map with 'file' or 'env'".
    YamlMap(const YamlField& field, std::string_view expected);
    YamlMap(const YamlMap&) = delete;
    YamlMap& operator=(const YamlMap&) = delete;
    ~YamlMap();

    const YamlField& field() const { return field_; }

    std::optional<YamlField> find(std::string_view key);
    /// A missing key is a problem; `expected` says what it holds.
    std::optional<YamlField> require(std::string_view key, std::string_view expected);
    /// A key that is known and must not stand here; `reason` says why.
    void refuse(std::string_view key, const std::string& reason);
    /// Keys of the vocabulary that this version does not act on.
    void unsupported(std::initializer_list<std::string_view> keys);

    /// Where the key stands and `as_value` makes something of it, `target` becomes that.
    template <class T, class AsValue>
    void read(std::string_view key, T& target, AsValue as_value) {
        const auto found = find(key);
        if (!found) return;
        if (auto value = as_value(*found)) target = std::move(*value);
    }

    /// Unknown keys are reported without their names: what stands here may be a password.
    void keep_keys_secret() { secret_ = true; }

private:
    const YamlEntry* entry(std::string_view key) const;
    void report_unknown(const YamlEntry& entry) const;

    YamlField field_;
    bool is_map_;
    bool secret_ = false;
    std::vector<std::string_view> known_;    ///< to be suggested
    std::vector<std::string_view> refused_;  ///< known, and a problem of their own
};

}  // namespace countersign::profiles
