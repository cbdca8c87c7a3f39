#include "proxy/routing/unmatched_report.hpp"

#include "profiles/authority.hpp"
#include "proxy/log/log.hpp"

namespace countersign::proxy::routing {

void UnmatchedReport::report(std::string_view host, std::uint16_t port, const Failure& refusal) {
    constexpr std::size_t kMost = 1000;
    if (told_.size() >= kMost) return;
    const std::string what = profiles::authority_text(host, port).text();
    // The reason names the path, which the client chooses.
    if (!told_.insert(what + " " + std::string{refusal.brief()}).second) return;
    log::warning(
        "unmatched: report: a request to {} was forwarded without a profile, and would be refused "
        "with {} by 'reject': {} {}",
        what, row_of(refusal.code()).status, refusal.reason(), refusal.remedy()
    );
}

}  // namespace countersign::proxy::routing
