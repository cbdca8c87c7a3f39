#pragma once

#include <utility>

#include "proxy/upstream/origin.hpp"

namespace countersign::proxy::upstream {

/// Who counts the connections of an origin: the pool.
class PlaceKeeper {
public:
    /// A place of the origin has become free.
    virtual void place_is_free(Origin& origin) = 0;

protected:
    ~PlaceKeeper() = default;
};

/// One of the connections that an origin may have, whether it is being opened, used or idle. Going
/// out of scope gives the place back, to whoever waits for one.
class OriginPlace {
public:
    OriginPlace(PlaceKeeper& keeper, Origin& origin) : keeper_{&keeper}, origin_{&origin} {}
    OriginPlace(OriginPlace&& other) noexcept
        : keeper_{std::exchange(other.keeper_, nullptr)}, origin_{other.origin_} {}
    OriginPlace& operator=(OriginPlace&&) = delete;
    ~OriginPlace() {
        if (keeper_ != nullptr) keeper_->place_is_free(*origin_);
    }

    Origin& origin() const { return *origin_; }

private:
    PlaceKeeper* keeper_;
    Origin* origin_;
};

}  // namespace countersign::proxy::upstream
