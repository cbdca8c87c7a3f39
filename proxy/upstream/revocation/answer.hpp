#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace countersign::proxy::upstream::revocation {

using Time = std::chrono::system_clock::time_point;

/// What those whom a certificate names have said of its revocation. Immutable once it is shared.
struct Answer {
    enum class Status : std::uint8_t {
        unknown,  ///< nobody of them has said it
        good,
        revoked
    };

    Status status = Status::unknown;
    /// Of a good one: how long it holds, as who has said it says. Of an unknown one: until when
    /// nobody is asked again. One that is revoked stays so until somebody says otherwise.
    Time until = Time::min();
    Time refresh_at = Time::max();           ///< when it is asked anew, unless it is unknown
    std::string source = {};                 ///< "the OCSP responder http://…"
    std::string since = {};                  ///< of a revoked one
    std::string reason = {};                 ///< "key compromise"; empty where none is said
    std::vector<std::string> problems = {};  ///< of an unknown one: "http://… (OCSP): …"

    bool stands(Time now) const { return status == Status::revoked || now < until; }
};
using SharedAnswer = std::shared_ptr<const Answer>;

}  // namespace countersign::proxy::upstream::revocation
