#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "certs/edit/edit_error.hpp"
#include "proxy/explain/imagined_request.hpp"
#include "proxy/explain/probed_destination.hpp"

namespace countersign::proxy::admin {

/// What the body of a call asks about: an object with `url`, `method`, `client` and `listener`.
certs::EditResult<explain::ImaginedRequest> imagined_request_in(std::string_view body);

/// The same, with `asks`: false where the connection alone is to be tried.
certs::EditResult<explain::ProbeQuestion> probe_question_in(std::string_view body);

}  // namespace countersign::proxy::admin
