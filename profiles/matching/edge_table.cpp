#include "profiles/matching/edge_table.hpp"

#include <functional>
#include <utility>

namespace countersign::profiles {
namespace {

constexpr std::size_t kSmallest = 16;

std::uint64_t where_of(std::int32_t from, EdgeKind kind) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(from)) << 8) |
           static_cast<std::uint64_t>(kind);
}

std::uint32_t hash_of(std::uint64_t where, std::string_view value) {
    const auto hash = std::hash<std::string_view>{}(value) ^ (where * 0x9E3779B97F4A7C15U);
    return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

}  // namespace

std::int32_t EdgeTable::find(std::int32_t from, EdgeKind kind, std::string_view value) const {
    if (entries_.empty()) return -1;
    const auto where = where_of(from, kind);
    const auto hash = hash_of(where, value);
    const auto mask = entries_.size() - 1;
    for (auto at = hash & mask; entries_[at].to >= 0; at = (at + 1) & mask) {
        const auto& entry = entries_[at];
        if (entry.hash != hash || entry.where != where || entry.length != value.size()) continue;
        if (std::string_view{values_}.substr(entry.offset, entry.length) == value) return entry.to;
    }
    return -1;
}

void EdgeTable::insert(std::int32_t from, EdgeKind kind, std::string_view value, std::int32_t to) {
    if (2 * (used_ + 1) > entries_.size()) grow();
    Entry entry;
    entry.where = where_of(from, kind);
    entry.hash = hash_of(entry.where, value);
    entry.offset = static_cast<std::uint32_t>(values_.size());
    entry.length = static_cast<std::uint32_t>(value.size());
    entry.to = to;
    values_ += value;
    place(entry);
    ++used_;
}

void EdgeTable::grow() {
    const auto before = std::exchange(entries_, {});
    entries_.resize(before.empty() ? kSmallest : 2 * before.size());
    for (const auto& entry : before) {
        if (entry.to >= 0) place(entry);
    }
}

void EdgeTable::place(const Entry& entry) {
    const auto mask = entries_.size() - 1;
    auto at = entry.hash & mask;
    while (entries_[at].to >= 0) at = (at + 1) & mask;
    entries_[at] = entry;
}

}  // namespace countersign::profiles
