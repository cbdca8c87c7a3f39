#pragma once

#include <memory>
#include <string_view>

#include "certs/edit/edit_error.hpp"
#include "proxy/explain/imagined_request.hpp"
#include "proxy/explain/probed_destination.hpp"
#include "proxy/records/record_draft.hpp"

namespace countersign::proxy::admin {

/// What the body of a call asks about: an object with `url`, `method`, `client` and `listener`.
certs::EditResult<explain::ImaginedRequest> imagined_request_in(std::string_view body);

/// Which connection is to be tried.
struct ProbeBody {
    explain::ProbeQuestion question;
    /// With the identity of a key store that nobody has kept yet; null: with the profile's own.
    std::shared_ptr<const records::RecordDraft> draft = {};
};

/// The same, with `asks`: false where the connection alone is to be tried; and with `draft`: a
/// record's, as `draft_in` has it.
certs::EditResult<ProbeBody> probe_in(std::string_view body);

}  // namespace countersign::proxy::admin
