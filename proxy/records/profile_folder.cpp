#include "proxy/records/profile_folder.hpp"

#include <algorithm>
#include <boost/json/value.hpp>
#include <system_error>
#include <utility>

#include "certs/file.hpp"
#include "certs/printable.hpp"
#include "profiles/yaml_reader.hpp"
#include "proxy/records/profile_text.hpp"

namespace countersign::proxy::records {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using certs::EditError;
using certs::EditResult;

std::optional<json::object> profile_in(const fs::path& file) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return std::nullopt;
    const auto bytes = certs::read_file(file, certs::kMaxStoreBytes);
    return bytes ? written_profile(certs::as_text(*bytes)) : std::nullopt;
}

/// `request_headers.set` of a profile; null: it has none.
json::object* values_in(json::object& profile) {
    json::value* const edits = profile.if_contains("request_headers");
    if (edits == nullptr || !edits->is_object()) return nullptr;
    json::value* const set = edits->get_object().if_contains("set");
    return set != nullptr ? set->if_object() : nullptr;
}

/// The keys that decide which server gets a request, and who may be that server.
constexpr std::string_view kDestination[] = {"hosts", "connect_to", "trust", "tls"};

/// "profiles[3].tls.min_version" is its field tls.min_version.
std::string field_of(std::string_view path) {
    const std::size_t dot = path.find("].");
    if (!path.starts_with("profiles[") || dot == path.npos) return {};
    return std::string{path.substr(dot + 2)};
}

}  // namespace

fs::path ProfileFolder::file_of(std::string_view name) const {
    return folder_ / profile_file_name(name);
}

bool ProfileFolder::has(const profiles::Profile& profile) const {
    return profile.where.starts_with(file_of(profile.name).string() + ':');
}

std::string ProfileFolder::why_fixed(const profiles::Profile& profile) const {
    const fs::path file = file_of(profile.name);
    if (!has(profile)) {
        return "It stands at " + certs::printable(profile.where) +
               ", which is written by hand: change it there.";
    }
    if (profile_in(file)) return {};
    return "Its file, " + certs::printable(file.string()) +
           ", was changed by hand, or by another process: change it there, and reload.";
}

std::optional<json::object> ProfileFolder::find(const profiles::Profile& profile) const {
    return has(profile) ? profile_in(file_of(profile.name)) : std::nullopt;
}

std::vector<ProfileProblem> ProfileFolder::problems_of(
    const json::object& profile, const fs::path& configuration
) const {
    const std::string name = profile_file_name(name_of(profile));
    const auto read =
        profiles::read_configuration_with(configuration, {name, profile_text(profile)});
    std::vector<ProfileProblem> found;
    if (read) return found;
    for (const profiles::Problem& one : read.error()) {
        const bool own = fs::path{one.file} == folder_ / name;
        found.push_back({own ? field_of(one.path) : "", own ? one.text : one.to_text()});
    }
    return found;
}

EditResult<FolderChange> ProfileFolder::create(const json::object& profile) const {
    const std::string name = profile_file_name(name_of(profile));
    auto change = begin_change(folder_, {});
    if (!change) return change.error();
    std::error_code error;
    if (fs::exists(fs::symlink_status(folder_ / name, error))) {
        return EditError{
            certs::printable((folder_ / name).string()) +
            " is there already, and its profile is not loaded. Look at the last reload's "
            "problems."};
    }
    if (auto failed = write_yaml(*change, name, profile_text(profile))) return *failed;
    change->version = version_of(profile);
    return change;
}

EditResult<FolderChange> ProfileFolder::begin(
    const profiles::Profile& former, const std::string& version
) const {
    auto change = begin_change(folder_, {file_of(former.name)});
    if (!change) return change.error();
    const auto now = find(former);
    if (!now) return EditError{why_fixed(former)};
    if (version_of(*now) != version) {
        return EditError{
            certs::printable(file_of(former.name).string()) +
            " was changed meanwhile, and not by this process. Look again, and decide anew."};
    }
    return change;
}

EditResult<FolderChange> ProfileFolder::replace(
    const profiles::Profile& former, const std::string& version, const json::object& profile
) const {
    auto change = begin(former, version);
    if (!change) return change.error();
    const std::string name = profile_file_name(former.name);
    if (auto failed = write_yaml(*change, name, profile_text(profile))) return *failed;
    change->version = version_of(profile);
    return change;
}

EditResult<FolderChange> ProfileFolder::remove(
    const profiles::Profile& profile, const std::string& version
) const {
    auto change = begin(profile, version);
    if (!change) return change.error();
    if (auto failed = change->files.remove(profile_file_name(profile.name))) return *failed;
    return change;
}

std::string name_of(const json::object& profile) {
    const json::value* const name = profile.if_contains("name");
    return name != nullptr && name->is_string() ? std::string{name->get_string()} : std::string{};
}

json::object without_values(json::object profile) {
    if (json::object* const set = values_in(profile)) {
        for (auto& [field, value] : *set) {
            if (!value.is_object()) value = nullptr;
        }
    }
    return profile;
}

json::object with_values_of(const json::object& former, json::object profile) {
    const auto differs = [&](std::string_view key) {
        const json::value* const before = former.if_contains(key);
        const json::value* const now = profile.if_contains(key);
        return (before == nullptr) != (now == nullptr) || (before != nullptr && *before != *now);
    };
    if (std::ranges::any_of(kDestination, differs)) return profile;
    json::object* const set = values_in(profile);
    json::object before = former;
    json::object* const known = set != nullptr ? values_in(before) : nullptr;
    if (known == nullptr) return profile;
    for (auto& [field, value] : *set) {
        json::value* const kept = value.is_null() ? known->if_contains(field) : nullptr;
        if (kept != nullptr) value = *kept;
    }
    return profile;
}

std::vector<ProfileProblem> problems_of_values(const json::object& profile) {
    json::object copy = profile;
    const json::object* const set = values_in(copy);
    std::vector<ProfileProblem> problems;
    if (set == nullptr) return problems;
    for (const auto& [field, value] : *set) {
        if (!value.is_null()) continue;
        problems.push_back(
            {"request_headers.set." + std::string{field},
             "has no value here. The one that was there is kept for the same servers only: type it "
             "again where hosts, connect_to, trust or tls are changed"}
        );
    }
    return problems;
}

}  // namespace countersign::proxy::records
