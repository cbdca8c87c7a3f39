#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

#include "proxy/routing/peer.hpp"

namespace countersign::proxy::admin {

/// Where people sign in from, as long as each is looked at or waits to be refused. Bounded for each
/// place by itself, as connections are: who guesses keeps nobody waiting who comes from elsewhere.
/// Of the admin thread.
class SignInPlaces {
    struct Counts {
        std::map<std::uint64_t, std::size_t> of_place;
        std::size_t all = 0;
    };

public:
    static constexpr std::size_t kMostOfOne = 4;
    static constexpr std::size_t kMost = 64;

    /// One of them. It may outlive the places: a coroutine may end with the context.
    class Stay {
    public:
        Stay(std::shared_ptr<Counts> counts, std::uint64_t place);
        ~Stay();
        Stay(const Stay&) = delete;
        Stay& operator=(const Stay&) = delete;

    private:
        const std::shared_ptr<Counts> counts_;
        const std::uint64_t place_;
    };
    /// Null: too many are there, or come from that place.
    std::unique_ptr<Stay> begin(const routing::PeerKey& from);

private:
    std::shared_ptr<Counts> counts_ = std::make_shared<Counts>();
};

}  // namespace countersign::proxy::admin
