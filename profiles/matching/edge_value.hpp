#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "profiles/matching/edge_table.hpp"
#include "profiles/network.hpp"

namespace countersign::profiles {

constexpr std::uint32_t bit_of(EdgeKind kind) { return 1U << static_cast<unsigned>(kind); }

/// A number as an edge's value.
class NumberValue {
public:
    explicit NumberValue(std::uint32_t number) {
        std::memcpy(bytes_.data(), &number, sizeof number);
    }
    std::string_view view() const { return {bytes_.data(), bytes_.size()}; }

private:
    std::array<char, sizeof(std::uint32_t)> bytes_;
};

/// The network of that length which holds an address, as an edge's value.
class NetworkValue {
public:
    NetworkValue(const IpAddress& address, int prefix) {
        const auto base = Network::around(address, prefix).base();
        std::memcpy(bytes_.data(), base.bytes().data(), base.bytes().size());
        bytes_.back() = static_cast<char>(prefix);
    }
    std::string_view view() const { return {bytes_.data(), bytes_.size()}; }

private:
    std::array<char, 17> bytes_;
};

}  // namespace countersign::profiles
