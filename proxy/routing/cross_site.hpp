#pragma once

#include <cstdint>

#include "profiles/configuration.hpp"
#include "proxy/http/head.hpp"

namespace countersign::proxy::routing {

// A browser lets every page that somebody opens send requests to this machine, and keeps only the
// answers from it. Where a request says nothing but a path, the listener would put an identity to
// it: such a listener serves its own pages, and programs.

/// Whether the listener refuses such requests: one with a fixed upstream does, and one with a fixed
/// profile where the request says a path only, unless told otherwise.
inline bool refuses_cross_site(const profiles::Listener& listener, const http::Head& head) {
    const bool by_path = listener.profile && head.target.starts_with('/');
    return (listener.upstream || by_path) && listener.cross_site == profiles::CrossSiteRule::refuse;
}

/// Why a request is a browser's for a page of another origin.
enum class CrossSite : std::uint8_t {
    no,
    foreign_origin,
    several_origins,
    fetch_site,  ///< there is no Origin, and Sec-Fetch-Site says so
};

/// Origin decides, where there is one: the listener's own are what Host names, the listener's
/// address, and the upstream's host. Without it Sec-Fetch-Site does: "none" (somebody typed the
/// address) and "same-origin" pass. "same-site" does not: all ports of a machine are one site.
/// Neither: no browser, or no page's request.
CrossSite cross_site_of(const http::Head& head, const profiles::Listener& listener);

}  // namespace countersign::proxy::routing
