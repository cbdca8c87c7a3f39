#include "proxy/admin/sign_in_places.hpp"

#include <utility>

namespace countersign::proxy::admin {

SignInPlaces::Stay::Stay(std::shared_ptr<Counts> counts, std::uint64_t place)
    : counts_{std::move(counts)}, place_{place} {
    ++counts_->all;
    ++counts_->of_place[place_];
}

SignInPlaces::Stay::~Stay() {
    --counts_->all;
    const auto found = counts_->of_place.find(place_);
    if (--found->second == 0) counts_->of_place.erase(found);
}

std::unique_ptr<SignInPlaces::Stay> SignInPlaces::begin(const routing::PeerKey& from) {
    const std::uint64_t place = from.mixed();
    const auto found = counts_->of_place.find(place);
    const std::size_t there = found == counts_->of_place.end() ? 0 : found->second;
    if (counts_->all >= kMost || there >= kMostOfOne) return nullptr;
    return std::make_unique<Stay>(counts_, place);
}

}  // namespace countersign::proxy::admin
