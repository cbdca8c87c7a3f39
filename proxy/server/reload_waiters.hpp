#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "proxy/admin/calls.hpp"

namespace countersign::proxy::server {

/// Operators who wait for what comes of a load. On the main thread.
class ReloadWaiters {
public:
    using Done = std::function<void(admin::ReloadResult)>;

    /// `number`: of the load that will answer.
    void add(std::uint64_t number, Done done) { waiting_.emplace_back(number, std::move(done)); }
    /// What came of that load.
    void tell(std::uint64_t number, const admin::ReloadResult& result) {
        std::erase_if(waiting_, [&](const auto& one) {
            if (one.first != number) return false;
            one.second(result);
            return true;
        });
    }
    /// Nothing comes of any load any more.
    void tell_all(const admin::ReloadResult& result) {
        for (const auto& [number, done] : std::exchange(waiting_, {})) done(result);
    }

private:
    std::vector<std::pair<std::uint64_t, Done>> waiting_;
};

}  // namespace countersign::proxy::server
