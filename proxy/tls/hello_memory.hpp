#pragma once

#include <chrono>

namespace countersign::proxy::tls {

/// What is known of how a destination takes a large first message. Time is a parameter.
class HelloMemory {
public:
    using Time = std::chrono::steady_clock::time_point;

    bool may_be_large(Time now) const { return now >= small_until_; }
    /// Whether a large one was answered, since the last one that was not.
    bool was_taken() const { return taken_; }

    void note_taken() {
        taken_ = true;
        told_ = false;
    }
    /// To a large one nothing was said for as long as a handshake may last: the next one that is
    /// not answered is given up earlier.
    void note_silence() { taken_ = false; }
    /// A large one was not answered, and a small one was. Whether that is to be told: once, until
    /// it is answered.
    bool note_not_taken(Time now) {
        taken_ = false;
        small_until_ = now + kSmallFor;
        const bool first = !told_;
        told_ = true;
        return first;
    }

    static constexpr std::chrono::minutes kSmallFor{10};

private:
    Time small_until_{};
    bool taken_ = false;
    bool told_ = false;
};

}  // namespace countersign::proxy::tls
