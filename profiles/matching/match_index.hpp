#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

#include "profiles/matching/edge_table.hpp"
#include "profiles/matching/request.hpp"
#include "profiles/profile.hpp"

namespace countersign::profiles {

/// What a search came to.
struct SearchResult {
    std::int32_t leaf = -1;                           ///< -1: none
    HostPattern::Kind host = HostPattern::Kind::any;  ///< how the leaf's host was found
    /// Without a leaf: the last criterion that anything came to, by which the rest was ruled out.
    Criterion ruled_out_by = Criterion::host;
    /// Without a leaf: a profile would be told from others by its paths, and the path is ambiguous.
    bool ambiguous_path = false;
    /// Without a leaf: a profile that is for named clients only was passed over, and the caller has
    /// no name.
    bool name_wanted = false;
};

/// What one profile says at one leaf: one value, or nothing, for each criterion.
struct Claim {
    HostPattern host;
    std::optional<std::uint16_t> port;  ///< 0: a destination without a port
    std::optional<ClientPattern> client;
    std::optional<std::string> listener;
    std::optional<PathPrefix> path;
    std::optional<std::string> method;
};

/// Finds the most specific claim that fits a request: a tree with a level for each criterion,
/// walked from the most specific edge to "says nothing". How long that takes depends on what the
/// request is like and on how many kinds of edges a node has, not on how many edges.
class MatchIndex {
public:
    MatchIndex();

    /// The leaf of a claim, made where it is not there yet. Leaves count up from 0.
    std::int32_t add(const Claim& claim);

    /// Once all claims are in: shortens the ways on which nothing is compared any more.
    void finish();

    /// Allocates nothing.
    SearchResult find(const Request& request) const;

private:
    friend class MatchSearch;

    /// The lengths of the prefixes among a node's edges.
    struct Lengths {
        std::bitset<129> v4;
        std::bitset<129> v6;
    };
    struct Node {
        std::int32_t any = -1;  ///< where who says nothing is found
        std::int32_t lengths = -1;
        std::uint16_t kinds = 0;  ///< a bit for each EdgeKind that it has
        std::uint8_t depth = 0;   ///< of paths: the most segments of an edge
        Criterion level = Criterion::host;
    };
    /// Marks a leaf where else a node's number stands.
    static constexpr std::int32_t kLeaf = 1 << 30;

    std::int32_t only_leaf(std::int32_t at) const;
    std::int32_t new_node(Criterion level);
    std::int32_t below(std::int32_t from);
    std::int32_t next(std::int32_t from, EdgeKind kind, std::string_view value);
    std::int32_t next_any(std::int32_t from);
    std::int32_t next_client(std::int32_t from, const ClientPattern& pattern);
    std::int32_t next_network(std::int32_t from, const Network& network);

    std::vector<Node> nodes_;  ///< the first is the root
    std::vector<Lengths> lengths_;
    std::int32_t leaves_ = 0;
    EdgeTable edges_;
};

}  // namespace countersign::profiles
