#include "proxy/admin/refused_handshakes.hpp"

#include <utility>

namespace countersign::proxy::admin {

std::optional<std::string> RefusedHandshakes::line(
    std::string_view from, std::string_view why, TimePoint now
) {
    if (!start_ || now - *start_ >= kWindow) {
        start_ = now;
        lines_ = 0;
    }
    if (lines_ == kLines) {
        ++untold_;
        return std::nullopt;
    }
    ++lines_;
    std::string line = "admin: no handshake with ";
    line += from;
    line += ": ";
    line += why;
    if (const std::size_t others = std::exchange(untold_, 0); others > 0) {
        line += "; before it, " + std::to_string(others) + " more failed so, too many to tell of";
    }
    return line;
}

}  // namespace countersign::proxy::admin
