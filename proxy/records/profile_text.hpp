#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "certs/edit/edit_error.hpp"

namespace countersign::proxy::records {

/// The text of the YAML file of one profile, as the console writes it. `profile`: its keys, as the
/// configuration has them; the same object, the same text.
std::string profile_text(const boost::json::object& profile);

/// The profile's keys alone, as that text shows them: what people read.
std::string profile_yaml(const boost::json::object& profile);

/// What stands in such a text. Nothing where the console has not written it so.
std::optional<boost::json::object> written_profile(std::string_view text);

/// What people write for one profile: its keys as a map of YAML. Error: where it is none.
certs::EditResult<boost::json::object> profile_in_yaml(std::string_view text);

/// The name of a profile's file.
std::string profile_file_name(std::string_view profile_name);

/// Which state of a profile somebody has seen: 32 hexadecimal digits.
std::string version_of(const boost::json::object& profile);

}  // namespace countersign::proxy::records
