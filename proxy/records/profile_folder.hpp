#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/edit/edit_error.hpp"
#include "profiles/configuration.hpp"
#include "profiles/problem.hpp"
#include "proxy/records/folder_change.hpp"

namespace countersign::proxy::records {

/// What is wrong with a profile that is not written yet.
struct ProfileProblem {
    std::string field;  ///< "tls.min_version"; empty: the whole, or another one than this profile
    std::string text;
};

/// The folder of `console.directory`, as far as profiles are in it: a YAML file for each. A profile
/// is an object with the keys that the configuration has for it.
class ProfileFolder {
public:
    explicit ProfileFolder(std::filesystem::path folder) : folder_{std::move(folder)} {}

    /// Whether it stands in the file that is written here for it.
    bool has(const profiles::Profile& profile) const;
    /// As it is written. Nothing where that is not done here; `why_fixed` says why. Reads its file.
    std::optional<boost::json::object> find(const profiles::Profile& profile) const;
    /// Empty: it is changed here.
    std::string why_fixed(const profiles::Profile& profile) const;

    /// What `check` would say if it stood there. `configuration`: the file or directory that the
    /// folder belongs to.
    std::vector<ProfileProblem> problems_of(
        const boost::json::object& profile, const std::filesystem::path& configuration
    ) const;

    certs::EditResult<FolderChange> create(const boost::json::object& profile) const;
    /// `version`: the state that is changed (version_of); where it is another one, that is an
    /// error.
    certs::EditResult<FolderChange> replace(
        const profiles::Profile& former, const std::string& version,
        const boost::json::object& profile
    ) const;
    certs::EditResult<FolderChange> remove(
        const profiles::Profile& profile, const std::string& version
    ) const;

private:
    std::filesystem::path file_of(std::string_view profile_name) const;
    certs::EditResult<FolderChange> begin(
        const profiles::Profile& former, const std::string& version
    ) const;

    std::filesystem::path folder_;
};

/// Its name; empty: it has none that is a text.
std::string name_of(const boost::json::object& profile);

/// Without the values of the fields that it sets in requests, which nobody is shown: null stands
/// there.
boost::json::object without_values(boost::json::object profile);
/// With those of `former` where null stands, as long as it goes to the same servers: a value that
/// nobody is shown is sent to nobody else.
boost::json::object with_values_of(const boost::json::object& former, boost::json::object profile);
/// The fields whose values have to be typed again, since null still stands there.
std::vector<ProfileProblem> problems_of_values(const boost::json::object& profile);

}  // namespace countersign::proxy::records
