#include "profiles/matching/match_index.hpp"

#include <algorithm>

#include "profiles/matching/edge_value.hpp"

namespace countersign::profiles {

MatchIndex::MatchIndex() { new_node(Criterion::host); }

std::int32_t MatchIndex::new_node(Criterion level) {
    nodes_.emplace_back();
    nodes_.back().level = level;
    return static_cast<std::int32_t>(nodes_.size()) - 1;
}

/// A new node of the level below that of `from`, or below the last a new leaf.
std::int32_t MatchIndex::below(std::int32_t from) {
    const auto level = nodes_[static_cast<std::size_t>(from)].level;
    if (level == Criterion::method) return leaves_++;
    return new_node(static_cast<Criterion>(static_cast<int>(level) + 1));
}

std::int32_t MatchIndex::next(std::int32_t from, EdgeKind kind, std::string_view value) {
    if (const auto found = edges_.find(from, kind, value); found >= 0) return found;
    const auto to = below(from);
    edges_.insert(from, kind, value, to);
    auto& kinds = nodes_[static_cast<std::size_t>(from)].kinds;
    kinds = static_cast<std::uint16_t>(kinds | bit_of(kind));
    return to;
}

std::int32_t MatchIndex::next_any(std::int32_t from) {
    const auto at = static_cast<std::size_t>(from);
    if (nodes_[at].any < 0) {
        const auto to = below(from);
        nodes_[at].any = to;
    }
    return nodes_[at].any;
}

/// The leaf to which every way from here leads, or -1.
std::int32_t MatchIndex::only_leaf(std::int32_t at) const {
    const auto& node = nodes_[static_cast<std::size_t>(at)];
    if (node.kinds != 0) return -1;
    return node.level == Criterion::method ? node.any : only_leaf(node.any);
}

void MatchIndex::finish() {
    const auto shorten = [this](std::int32_t& to) {
        const auto leaf = to < 0 ? -1 : only_leaf(to);
        if (leaf >= 0) to = kLeaf | leaf;
    };
    edges_.for_each([&](EdgeKind kind, std::int32_t& to) {
        if (kind != EdgeKind::method) shorten(to);
    });
    // From the last on: what is below a node was made after it.
    for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
        if (node->kinds != 0 && node->level != Criterion::method) shorten(node->any);
    }
}

std::int32_t MatchIndex::next_network(std::int32_t from, const Network& network) {
    const auto at = static_cast<std::size_t>(from);
    if (nodes_[at].lengths < 0) {
        nodes_[at].lengths = static_cast<std::int32_t>(lengths_.size());
        lengths_.emplace_back();
    }
    auto& lengths = lengths_[static_cast<std::size_t>(nodes_[at].lengths)];
    const auto prefix = static_cast<std::size_t>(network.prefix());
    const bool v4 = network.base().is_v4();
    (v4 ? lengths.v4 : lengths.v6).set(prefix);
    const NetworkValue value{network.base(), network.prefix()};
    return next(from, v4 ? EdgeKind::network_v4 : EdgeKind::network_v6, value.view());
}

std::int32_t MatchIndex::next_client(std::int32_t from, const ClientPattern& pattern) {
    if (const auto* named = std::get_if<NamedClientPattern>(&pattern)) {
        return next(from, EdgeKind::client_name, named->name);
    }
    if (const auto* user = std::get_if<UidPattern>(&pattern)) {
        return next(from, EdgeKind::uid, NumberValue{user->uid}.view());
    }
    if (const auto* group = std::get_if<GidPattern>(&pattern)) {
        return next(from, EdgeKind::gid, NumberValue{group->gid}.view());
    }
    return next_network(from, std::get<Network>(pattern));
}

std::int32_t MatchIndex::add(const Claim& claim) {
    std::int32_t node = 0;
    if (claim.host.kind() == HostPattern::Kind::any) {
        node = next_any(node);
    } else {
        const bool exact = claim.host.kind() == HostPattern::Kind::exact;
        const auto kind = exact ? EdgeKind::exact_host : EdgeKind::host_suffix;
        node = next(node, kind, claim.host.name());
    }
    node =
        claim.port ? next(node, EdgeKind::port, NumberValue{*claim.port}.view()) : next_any(node);
    node = claim.client ? next_client(node, *claim.client) : next_any(node);
    node = claim.listener ? next(node, EdgeKind::listener, *claim.listener) : next_any(node);
    if (claim.path) {
        auto& depth = nodes_[static_cast<std::size_t>(node)].depth;
        depth = std::max(depth, static_cast<std::uint8_t>(claim.path->segments()));
        node = next(node, EdgeKind::path, claim.path->text());
    } else {
        node = next_any(node);
    }
    return claim.method ? next(node, EdgeKind::method, *claim.method) : next_any(node);
}

}  // namespace countersign::profiles
