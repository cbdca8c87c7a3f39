#pragma once

#include <memory>
#include <utility>

namespace countersign::proxy::admin {

/// Counts something that goes on for as long as this is there. The number is shared: a coroutine
/// may end with the context, which outlives whoever reads it.
class During {
public:
    explicit During(std::shared_ptr<unsigned> number) : number_{std::move(number)} { ++*number_; }
    ~During() { --*number_; }
    During(const During&) = delete;
    During& operator=(const During&) = delete;

private:
    std::shared_ptr<unsigned> number_;
};

}  // namespace countersign::proxy::admin
