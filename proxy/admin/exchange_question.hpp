#pragma once

#include <string_view>

#include "certs/edit/edit_error.hpp"
#include "proxy/admin/recent_board.hpp"

namespace countersign::proxy::admin {

/// What stands behind the '?' of a call for exchanges: "profile=partner&status=5xx&failed=true".
/// An error says what can be asked.
certs::EditResult<ExchangeQuestion> exchange_question(std::string_view query);

/// What a call for events asks for beside them: "exchanges", "exchanges&after=17".
struct EventQuestion {
    bool exchanges = false;
    bool has_after = false;
    std::uint64_t after = 0;
};
certs::EditResult<EventQuestion> event_question(std::string_view query);

}  // namespace countersign::proxy::admin
