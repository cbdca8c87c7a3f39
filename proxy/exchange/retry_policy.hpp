#pragma once

#include <string_view>

#include "profiles/profile.hpp"

namespace countersign::proxy::exchange {

/// What is known of an attempt that failed before a byte of its response came.
struct FailedAttempt {
    bool reused = false;      ///< on a connection that had served an exchange before
    bool sent = false;        ///< at least one byte of the request was handed to the system
    bool repeatable = false;  ///< the whole request is still at hand
    bool bound = false;       ///< on a connection that is one client's alone
};

/// Whether the request may be sent once more, on another connection (RFC 9110 9.2.2). No I/O.
bool may_send_again(
    profiles::RetryRule rule, std::string_view method, const FailedAttempt& attempt
);

}  // namespace countersign::proxy::exchange
