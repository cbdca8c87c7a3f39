#include "proxy/upstream/idle_trimmer.hpp"

#include "proxy/upstream/pool_policy.hpp"
#include "proxy/upstream/pooled_origin.hpp"

namespace countersign::proxy::upstream {

void IdleTrimmer::note(PooledOrigin& origin) {
    if (origin.trimmed || origin.idle.size() <= origin.rules->pool.max_idle) return;
    origin.trimmed = true;
    origin.idle.count_anew();
    origins_.push_back(&origin);
    if (!queued()) loop_.timers().set(*this, loop_.now() + kTrimPeriod);
}

void IdleTrimmer::forget(PooledOrigin& origin) {
    if (!origin.trimmed) return;
    origin.trimmed = false;
    std::erase(origins_, &origin);
}

void IdleTrimmer::expired() {
    std::erase_if(origins_, [](PooledOrigin* origin) {
        const std::size_t max_idle = origin->rules->pool.max_idle;
        std::size_t left = idle_to_close(origin->idle.size(), origin->idle.least(), max_idle);
        for (; left > 0 && !origin->idle.empty(); --left)
            origin->idle.close_oldest(metrics::ConnectionEnd::surplus);
        origin->idle.count_anew();
        origin->trimmed = origin->idle.size() > max_idle;
        return !origin->trimmed;
    });
    if (!origins_.empty()) loop_.timers().set(*this, loop_.now() + kTrimPeriod);
}

}  // namespace countersign::proxy::upstream
