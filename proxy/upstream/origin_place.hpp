#pragma once

#include <optional>
#include <utility>

#include "proxy/metrics/upstream_counts.hpp"
#include "proxy/upstream/origin.hpp"

namespace countersign::proxy::upstream {

/// Who counts the connections of an origin: the pool.
class PlaceKeeper {
public:
    /// A place of the origin has become free. `end`: of the connection that had it; none: it was
    /// never opened.
    virtual void place_is_free(Origin& origin, std::optional<metrics::ConnectionEnd> end) = 0;
    /// See `UploadPlace`.
    virtual void upload_ends(Origin& origin) = 0;
    /// Whether exchanges wait for a place of the origin, beyond those for whom one is at hand.
    virtual bool is_short_of_places(Origin& origin) const = 0;

protected:
    ~PlaceKeeper() = default;
};

/// One of the connections that an origin may have, whether it is being opened, used or idle. Going
/// out of scope gives the place back, to whoever waits for one.
class OriginPlace {
public:
    OriginPlace(PlaceKeeper& keeper, Origin& origin) : keeper_{&keeper}, origin_{&origin} {}
    OriginPlace(OriginPlace&& other) noexcept
        : keeper_{std::exchange(other.keeper_, nullptr)},
          origin_{other.origin_},
          end_{other.end_} {}
    OriginPlace& operator=(OriginPlace&&) = delete;
    ~OriginPlace() {
        if (keeper_ != nullptr) keeper_->place_is_free(*origin_, end_);
    }

    Origin& origin() const { return *origin_; }
    /// Whether somebody else needs such a place.
    bool is_needed() const { return keeper_ != nullptr && keeper_->is_short_of_places(*origin_); }
    /// It holds an open connection from now on, which would end so.
    void ends_by(metrics::ConnectionEnd end) { end_ = end; }

private:
    PlaceKeeper* keeper_;
    Origin* origin_;
    std::optional<metrics::ConnectionEnd> end_;
};

}  // namespace countersign::proxy::upstream
