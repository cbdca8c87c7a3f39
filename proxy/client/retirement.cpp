#include "proxy/client/retirement.hpp"

#include <utility>

namespace countersign::proxy::client {

void Retirement::follow(generation::GenerationHandle generation) {
    generation_ = std::move(generation);
    loop_.timers().remove(*this);
    expired();
}

void Retirement::expired() {
    pool_.judge([this](const upstream::Origin& one) {
        return generation_->standing_of(one, loop_.now());
    });
    const net::TimePoint next = generation_->next_retirement(loop_.now());
    if (next != net::kNever) loop_.timers().set(*this, next);
}

}  // namespace countersign::proxy::client
