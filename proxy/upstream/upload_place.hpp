#pragma once

#include <utility>

#include "proxy/upstream/origin_place.hpp"

namespace countersign::proxy::upstream {

/// The right to wait for the rest of a request's body with a connection of an origin. Going out of
/// scope gives it back. Empty: there is none.
class UploadPlace {
public:
    UploadPlace() = default;
    /// Of those that `keeper` counts.
    UploadPlace(PlaceKeeper& keeper, Origin& origin) : keeper_{&keeper}, origin_{&origin} {}
    UploadPlace(UploadPlace&& other) noexcept
        : keeper_{std::exchange(other.keeper_, nullptr)}, origin_{other.origin_} {}
    UploadPlace& operator=(UploadPlace&& other) noexcept {
        UploadPlace gone{std::move(*this)};
        keeper_ = std::exchange(other.keeper_, nullptr);
        origin_ = other.origin_;
        return *this;
    }
    ~UploadPlace() {
        if (keeper_ != nullptr) keeper_->upload_ends(*origin_);
    }

    explicit operator bool() const { return keeper_ != nullptr; }

private:
    PlaceKeeper* keeper_ = nullptr;
    Origin* origin_ = nullptr;
};

}  // namespace countersign::proxy::upstream
