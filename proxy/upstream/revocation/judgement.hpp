#pragma once

#include <optional>
#include <string>
#include <vector>

#include "profiles/profile.hpp"
#include "proxy/tls/revocation_question.hpp"
#include "proxy/upstream/revocation/answer.hpp"

namespace countersign::proxy::upstream::revocation {

/// What the answers (null: not there yet), one for each of the questions, come to by the rule.
/// nullopt: some are to be waited for, which `soft` never does.
std::optional<tls::RevocationFinding> judge(
    const std::vector<tls::RevocationQuestion>& questions, const std::vector<SharedAnswer>& answers,
    profiles::RevocationRule rule
);

/// With `hard`, where they did not come within the time that there is for it ("10s
/// (timeouts.handshake)").
tls::RevocationFinding judge_late(
    const std::vector<tls::RevocationQuestion>& questions, const std::vector<SharedAnswer>& answers,
    const std::string& limit
);

}  // namespace countersign::proxy::upstream::revocation
