#pragma once

#include <openssl/x509.h>

#include <cstddef>
#include <queue>
#include <vector>

#include "proxy/tls/certificate_graph.hpp"

namespace countersign::proxy::tls {

/// The paths from a server's certificate to a trusted one, by signatures that are right; whether
/// one is accepted is for others to find out. First come those with the fewest faults, of these the
/// shortest. No authority (name and key) comes twice in a path.
class PathSearch {
public:
    static constexpr std::size_t kMostPaths = 16;
    static constexpr std::size_t kLongest = 10;  ///< certificates, both ends counted

    /// `graph` outlives it.
    explicit PathSearch(const CertificateGraph& graph);
    PathSearch(const PathSearch&) = delete;
    PathSearch& operator=(const PathSearch&) = delete;

    /// The server's own first, the trusted one last. Empty: there is no other, or the bound is
    /// reached. The certificates are the graph's.
    std::vector<X509*> next();

private:
    /// Part of a path: its topmost certificate, and the part below it.
    struct Part {
        std::size_t node;
        std::size_t below;  ///< in parts_; its own index: it is the leaf's
        std::size_t length;
        int faults;
    };
    /// Whether the part at `a` is to be looked at after the one at `b`.
    struct IsLater {
        const std::vector<Part>& parts;
        bool operator()(std::size_t a, std::size_t b) const;
    };

    void extend(std::size_t part);
    bool holds(std::size_t part, std::size_t entity) const;
    std::vector<X509*> path_of(std::size_t part) const;

    const CertificateGraph& graph_;
    std::vector<Part> parts_;
    std::priority_queue<std::size_t, std::vector<std::size_t>, IsLater> waiting_;
    std::vector<std::size_t> taken_;  ///< of each node: how many parts with it on top were taken
    std::size_t found_ = 0;
};

}  // namespace countersign::proxy::tls
