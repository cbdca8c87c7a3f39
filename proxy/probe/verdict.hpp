#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/probe/trial.hpp"

namespace countersign::proxy::probe {

/// Beside the trial that is asked about: the same with another identity, to compare.
struct OtherTrial {
    std::string with;  ///< "without a client certificate", "with identity 'acme-new'"
    Trial trial;
};

/// What all trials together say. Decided by what was seen alone: no I/O.
struct Verdict {
    bool good = false;   ///< requests of this profile would be served
    std::string text;    ///< sentences: who did what
    std::string remedy;  ///< what to do about it; empty: nothing
};

/// `others`: the one without a client certificate first, where there was one.
Verdict judge(const Trial& trial, const std::vector<OtherTrial>& others);

/// Whether the same without a client certificate would tell more: the server may have refused this
/// one.
bool asks_for_comparison(const Trial& trial);

/// What came of a trial, in a few words: "200, TLSv1.3", "client certificate refused by …".
std::string outcome_text(const Trial& trial, std::string_view host);

}  // namespace countersign::proxy::probe
