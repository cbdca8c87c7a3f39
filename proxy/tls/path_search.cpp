#include "proxy/tls/path_search.hpp"

#include <algorithm>
#include <tuple>

namespace countersign::proxy::tls {

namespace {

/// Parts of paths that are kept; only an authority that is trusted and hostile reaches it.
constexpr std::size_t kMostParts = 4096;

}  // namespace

bool PathSearch::IsLater::operator()(std::size_t a, std::size_t b) const {
    const auto rank = [this](std::size_t part) {
        return std::tuple{parts[part].faults, parts[part].length, part};
    };
    return rank(a) > rank(b);
}

PathSearch::PathSearch(const CertificateGraph& graph)
    : graph_{graph}, waiting_{IsLater{parts_}}, taken_(graph.nodes().size(), 0) {
    // The leaf's own faults are those of every path.
    parts_.push_back({0, 0, 1, 0});
    waiting_.push(0);
}

std::vector<X509*> PathSearch::next() {
    while (!waiting_.empty() && found_ < kMostPaths) {
        const std::size_t part = waiting_.top();
        waiting_.pop();
        const std::size_t node = parts_[part].node;
        // So many paths at most go on from here.
        if (++taken_[node] > kMostPaths) continue;
        extend(part);
        if (!graph_.nodes()[node].trusted) continue;
        ++found_;
        return path_of(part);
    }
    return {};
}

void PathSearch::extend(std::size_t part) {
    const Part top = parts_[part];
    if (top.length == kLongest) return;
    for (const std::size_t issuer : graph_.nodes()[top.node].issuers) {
        const CertificateGraph::Node& above = graph_.nodes()[issuer];
        if (parts_.size() == kMostParts || holds(part, above.entity)) continue;
        parts_.push_back({issuer, part, top.length + 1, top.faults + above.faults});
        waiting_.push(parts_.size() - 1);
    }
}

bool PathSearch::holds(std::size_t part, std::size_t entity) const {
    for (;; part = parts_[part].below) {
        if (graph_.nodes()[parts_[part].node].entity == entity) return true;
        if (parts_[part].below == part) return false;
    }
}

std::vector<X509*> PathSearch::path_of(std::size_t part) const {
    std::vector<X509*> path;
    for (;; part = parts_[part].below) {
        path.push_back(graph_.nodes()[parts_[part].node].certificate.get());
        if (parts_[part].below == part) break;
    }
    std::reverse(path.begin(), path.end());
    return path;
}

}  // namespace countersign::proxy::tls
