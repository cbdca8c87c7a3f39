#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::profiles {

/// What an edge of the match index compares.
enum class EdgeKind : std::uint8_t {
    exact_host,
    host_suffix,
    port,
    client_name,
    uid,
    gid,
    network_v4,
    network_v6,
    listener,
    path,
    method
};

/// All edges of a match index: (node, kind, what is compared) → the node, or at the last level the
/// leaf, that it leads to. One flat table, so that a look-up among many costs one or two cache
/// misses more than one among few. Only what the operator wrote is ever put in.
class EdgeTable {
public:
    /// -1 where there is none.
    std::int32_t find(std::int32_t from, EdgeKind kind, std::string_view value) const;
    /// There is none yet.
    void insert(std::int32_t from, EdgeKind kind, std::string_view value, std::int32_t to);
    /// Calls `use` with the kind of every edge and where it leads to.
    template <class Use>
    void for_each(const Use& use) {
        for (auto& entry : entries_) {
            if (entry.to >= 0) use(static_cast<EdgeKind>(entry.where & 0xff), entry.to);
        }
    }

private:
    struct Entry {
        std::uint64_t where = 0;  ///< node and kind
        std::uint32_t hash = 0;
        std::uint32_t offset = 0;
        std::uint32_t length = 0;
        std::int32_t to = -1;  ///< -1: free
    };

    void grow();
    void place(const Entry& entry);

    std::vector<Entry> entries_;  ///< a power of two of them, at most half of them used
    std::string values_;
    std::size_t used_ = 0;
};

}  // namespace countersign::profiles
