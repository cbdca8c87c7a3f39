#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::proxy::admin {

/// Which of the handshakes that failed for the client's certificate the log tells of. Anybody who
/// may connect can make one fail, as often as he likes: ten a minute have a line, and the first of
/// the next minute says how many had none.
class RefusedHandshakes {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    static constexpr std::size_t kLines = 10;
    static constexpr std::chrono::seconds kWindow{60};

    /// The line of one more; nullopt: it has none.
    std::optional<std::string> line(std::string_view from, std::string_view why, TimePoint now);

private:
    std::optional<TimePoint> start_;  ///< of the window
    std::size_t lines_ = 0;           ///< in it
    std::size_t untold_ = 0;
};

}  // namespace countersign::proxy::admin
