#include "proxy/exchange/retry_policy.hpp"

#include <algorithm>
#include <array>

namespace countersign::proxy::exchange {

namespace {

bool is_idempotent(std::string_view method) {
    static constexpr std::array<std::string_view, 6> kIdempotent{"GET",    "HEAD",    "PUT",
                                                                 "DELETE", "OPTIONS", "TRACE"};
    return std::find(kIdempotent.begin(), kIdempotent.end(), method) != kIdempotent.end();
}

}  // namespace

bool may_send_again(
    profiles::RetryRule rule, std::string_view method, const FailedAttempt& attempt
) {
    // On a fresh connection the server itself has failed, and would again.
    if (!attempt.reused || !attempt.repeatable) return false;
    // The client has signed in there; elsewhere it is nobody.
    if (attempt.bound) return false;
    switch (rule) {
        case profiles::RetryRule::never:
            return false;
        case profiles::RetryRule::if_unsent:
            return !attempt.sent;
        case profiles::RetryRule::idempotent:
            return !attempt.sent || is_idempotent(method);
    }
    return false;
}

}  // namespace countersign::proxy::exchange
