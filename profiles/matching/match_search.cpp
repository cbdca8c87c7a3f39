#include <algorithm>

#include "profiles/matching/edge_value.hpp"
#include "profiles/matching/match_index.hpp"
#include "profiles/matching/path_prefix.hpp"

namespace countersign::profiles {

/// One walk through the tree. Each step returns a leaf, or -1 where nothing below fits; the less
/// specific edge is taken then.
class MatchSearch {
public:
    MatchSearch(const MatchIndex& index, const Request& request)
        : index_{index}, request_{request} {}

    SearchResult run();

private:
    using Node = MatchIndex::Node;
    using Step = std::int32_t (MatchSearch::*)(const Node&);

    const Node& node(std::int32_t index) const {
        return index_.nodes_[static_cast<std::size_t>(index)];
    }
    std::int32_t number_of(const Node& from) const {
        return static_cast<std::int32_t>(&from - index_.nodes_.data());
    }
    static bool has(const Node& from, EdgeKind kind) { return (from.kinds & bit_of(kind)) != 0; }

    std::int32_t follow(std::int32_t to, Criterion to_level, Step step);
    std::int32_t edge(
        const Node& from, EdgeKind kind, std::string_view value, Criterion to_level, Step step
    );
    std::int32_t at_port(const Node& from);
    std::int32_t at_client(const Node& from);
    std::int32_t at_network(const Node& from);
    std::int32_t at_listener(const Node& from);
    std::int32_t at_path(const Node& from);
    std::int32_t at_method(const Node& from);

    const MatchIndex& index_;
    const Request& request_;
    SearchResult result_;
};

std::int32_t MatchSearch::follow(std::int32_t to, Criterion to_level, Step step) {
    if (to < 0 || result_.ambiguous_path) return -1;
    if ((to & MatchIndex::kLeaf) != 0) return to & ~MatchIndex::kLeaf;
    result_.ruled_out_by = std::max(result_.ruled_out_by, to_level);
    return (this->*step)(node(to));
}

std::int32_t MatchSearch::edge(
    const Node& from, EdgeKind kind, std::string_view value, Criterion to_level, Step step
) {
    if (!has(from, kind)) return -1;
    return follow(index_.edges_.find(number_of(from), kind, value), to_level, step);
}

std::int32_t MatchSearch::at_method(const Node& from) {
    if (has(from, EdgeKind::method)) {
        const auto leaf = index_.edges_.find(number_of(from), EdgeKind::method, request_.method);
        if (leaf >= 0) return leaf;
    }
    return from.any;
}

std::int32_t MatchSearch::at_path(const Node& from) {
    if (has(from, EdgeKind::path)) {
        const PathSegments path{request_.path, from.depth};
        result_.ambiguous_path = path.ambiguous();
        for (auto count = path.count(); count > 0; --count) {
            const auto leaf = edge(
                from, EdgeKind::path, path.first(count), Criterion::method, &MatchSearch::at_method
            );
            if (leaf >= 0) return leaf;
        }
    }
    return follow(from.any, Criterion::method, &MatchSearch::at_method);
}

std::int32_t MatchSearch::at_listener(const Node& from) {
    const auto leaf = edge(
        from, EdgeKind::listener, request_.caller.listener, Criterion::path, &MatchSearch::at_path
    );
    return leaf >= 0 ? leaf : follow(from.any, Criterion::path, &MatchSearch::at_path);
}

std::int32_t MatchSearch::at_network(const Node& from) {
    const auto& address = *request_.caller.address;
    const auto& lengths = index_.lengths_[static_cast<std::size_t>(from.lengths)];
    const auto kind = address.is_v4() ? EdgeKind::network_v4 : EdgeKind::network_v6;
    if (!has(from, kind)) return -1;
    const auto& of_its_kind = address.is_v4() ? lengths.v4 : lengths.v6;
    for (int prefix = address.is_v4() ? 32 : 128; prefix >= 0; --prefix) {
        const auto bit = static_cast<std::size_t>(prefix);
        if (!of_its_kind[bit]) continue;
        const NetworkValue value{address, prefix};
        const auto leaf =
            edge(from, kind, value.view(), Criterion::listener, &MatchSearch::at_listener);
        if (leaf >= 0) return leaf;
    }
    return -1;
}

std::int32_t MatchSearch::at_client(const Node& from) {
    const Caller& caller = request_.caller;
    constexpr auto kTo = Criterion::listener;
    constexpr Step kStep = &MatchSearch::at_listener;
    std::int32_t leaf = -1;
    if (from.kinds != 0) {
        if (caller.name.empty()) {
            result_.name_wanted = result_.name_wanted || has(from, EdgeKind::client_name);
        } else {
            leaf = edge(from, EdgeKind::client_name, caller.name, kTo, kStep);
        }
        if (leaf < 0 && caller.address && from.lengths >= 0) leaf = at_network(from);
        if (leaf < 0 && !caller.address) {
            leaf = edge(from, EdgeKind::uid, NumberValue{caller.uid}.view(), kTo, kStep);
        }
        if (leaf < 0 && !caller.address) {
            leaf = edge(from, EdgeKind::gid, NumberValue{caller.gid}.view(), kTo, kStep);
        }
    }
    return leaf >= 0 ? leaf : follow(from.any, kTo, kStep);
}

std::int32_t MatchSearch::at_port(const Node& from) {
    const NumberValue port{request_.port};
    const auto leaf =
        edge(from, EdgeKind::port, port.view(), Criterion::client, &MatchSearch::at_client);
    return leaf >= 0 ? leaf : follow(from.any, Criterion::client, &MatchSearch::at_client);
}

SearchResult MatchSearch::run() {
    constexpr Step kStep = &MatchSearch::at_port;
    const Node& root = node(0);
    const auto host = request_.host;
    result_.host = HostPattern::Kind::exact;
    result_.leaf = edge(root, EdgeKind::exact_host, host, Criterion::port, kStep);
    if (result_.leaf >= 0) return result_;

    result_.host = HostPattern::Kind::suffix;
    if (has(root, EdgeKind::host_suffix)) {
        // From the first dot on is the longest suffix; each further dot gives the next shorter one.
        for (auto dot = host.find('.', 1); dot != host.npos; dot = host.find('.', dot + 1)) {
            const auto suffix = host.substr(dot);
            result_.leaf = edge(root, EdgeKind::host_suffix, suffix, Criterion::port, kStep);
            if (result_.leaf >= 0) return result_;
        }
    }

    result_.host = HostPattern::Kind::any;
    result_.leaf = follow(root.any, Criterion::port, kStep);
    return result_;
}

SearchResult MatchIndex::find(const Request& request) const {
    return MatchSearch{*this, request}.run();
}

}  // namespace countersign::profiles
