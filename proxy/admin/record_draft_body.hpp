#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "certs/bytes.hpp"
#include "certs/edit/edit_error.hpp"
#include "proxy/records/record_draft.hpp"

namespace countersign::proxy::admin {

/// What the body of a call gives for a record: an object with `name`, `type`, `active`,
/// `description`, `file_name`, `password`, `key_password`, `alias`, and the container: `content` in
/// base64, or `pem`, a text.
certs::EditResult<records::RecordDraft> draft_in(std::string_view body);
certs::EditResult<records::RecordDraft> draft_of(const boost::json::object& asked);

/// Nothing where it is not base64 in one line.
std::optional<certs::SecretBytes> bytes_of_base64(std::string_view base64);

/// What is wrong with a text that people give for `key`, one of `name`, `description` and `alias`;
/// empty: nothing.
std::string text_problem(std::string_view key, std::string_view text);

}  // namespace countersign::proxy::admin
