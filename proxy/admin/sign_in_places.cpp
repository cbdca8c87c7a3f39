#include "proxy/admin/sign_in_places.hpp"

#include <utility>

namespace countersign::proxy::admin {

SignInPlaces::Stay::Stay(std::shared_ptr<Counts> counts, std::string place)
    : counts_{std::move(counts)}, place_{std::move(place)} {
    ++counts_->all;
    ++counts_->of_place[place_];
}

SignInPlaces::Stay::~Stay() {
    --counts_->all;
    const auto found = counts_->of_place.find(place_);
    if (--found->second == 0) counts_->of_place.erase(found);
}

std::unique_ptr<SignInPlaces::Stay> SignInPlaces::begin(std::string place) {
    const auto found = counts_->of_place.find(place);
    const std::size_t there = found == counts_->of_place.end() ? 0 : found->second;
    if (counts_->all >= kMost || there >= kMostOfOne) return nullptr;
    return std::make_unique<Stay>(counts_, std::move(place));
}

}  // namespace countersign::proxy::admin
