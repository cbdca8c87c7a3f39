#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "certs/edit/store_draft.hpp"

namespace countersign::tests {

/// A draft of those bytes; throws where they cannot be read.
certs::StoreDraft draft_of(
    std::string_view bytes, std::optional<std::string_view> password = "changeit"
);

/// What the draft would write, as text; throws where it refuses.
std::string written(certs::StoreDraft& draft);

/// What `before` holds and `after` does not, in the words of a message: empty where nothing is
/// lost.
std::string lost(const certs::StoreDraft& before, const certs::StoreDraft& after);

/// "first: CN=a, CN=Issuing; second: CN=b; trusted partner: CN=Root; loose CN=x", in the order of
/// the draft.
std::string told(const certs::StoreDraft& draft);

/// One PEM block of any label with these bytes.
std::string block(const std::string& label, std::string_view bytes = "anything");

}  // namespace countersign::tests
