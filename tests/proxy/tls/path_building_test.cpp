#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/proxy/tls/path_building_rows.hpp"
#include "tests/proxy/tls/path_world.hpp"

namespace countersign::proxy::tls {
namespace {

PathWorld& path_world() {
    static PathWorld world;
    return world;
}

class Path : public testing::TestWithParam<PathRow> {};

TEST_P(Path, IsAcceptedOrRefused) {
    const PathRow& row = GetParam();

    EXPECT_EQ(path_world().verdict(row.sent, row.trusted), row.verdict);
}

std::string name_of_row(const testing::TestParamInfo<PathRow>& row) { return row.param.name; }

INSTANTIATE_TEST_SUITE_P(Plain, Path, testing::ValuesIn(kPlainRows), name_of_row);
INSTANTIATE_TEST_SUITE_P(Backtracking, Path, testing::ValuesIn(kBacktrackingRows), name_of_row);
INSTANTIATE_TEST_SUITE_P(Refused, Path, testing::ValuesIn(kRefusedRows), name_of_row);

/// Who has signed whom (from, to); the server is "S".
using Edge = std::pair<std::string, std::string>;

/// A diamond with a bar between its sides.
const std::vector<Edge> kDiamond{{"R", "A"}, {"R", "C"}, {"A", "C"}, {"C", "A"},
                                 {"A", "B"}, {"C", "B"}, {"B", "S"}};
/// Two roots of one authority.
const std::vector<Edge> kTwoRoots{{"R", "I"}, {"Q", "I"}, {"I", "S"}};
/// Four organisations, each with authorities of its own, that have joined by way of a bridge.
const std::vector<Edge> kBridge{
    {"E", "Bridge"}, {"Bridge", "E"}, {"F", "Bridge"}, {"Bridge", "F"}, {"G", "Bridge"},
    {"Bridge", "G"}, {"H", "Bridge"}, {"Bridge", "H"}, {"E", "E1"},     {"E", "E2"},
    {"E1", "E2"},    {"E2", "E1"},    {"E1", "E3"},    {"E2", "E3"},    {"F", "F1"},
    {"F1", "F2"},    {"F2", "S"},     {"F1", "F3"},    {"G", "G1"},     {"G", "G2"},
    {"G1", "G2"},    {"G2", "G1"},    {"G1", "G3"},    {"H", "H1"},     {"H1", "H2"},
};

struct GraphRow {
    const char* name;
    const std::vector<Edge>* graph;
    const char* anchor;
    std::vector<Edge> bad;

    friend void PrintTo(const GraphRow& row, std::ostream* out) { *out << row.name; }
};

const GraphRow kGraphRows[] = {
    {"Diamond", &kDiamond, "R", {}},
    {"DiamondOverA", &kDiamond, "R", {{"R", "C"}, {"A", "B"}}},
    {"DiamondOverC", &kDiamond, "R", {{"R", "A"}, {"C", "B"}}},
    {"DiamondOverCAndA", &kDiamond, "R", {{"R", "A"}, {"A", "C"}, {"C", "B"}}},
    {"DiamondCutAbove", &kDiamond, "R", {{"R", "A"}, {"R", "C"}}},
    {"DiamondCutBelow", &kDiamond, "R", {{"A", "B"}, {"C", "B"}}},
    {"TwoRoots", &kTwoRoots, "R", {}},
    {"TwoRootsOtherBad", &kTwoRoots, "R", {{"Q", "I"}}},
    {"TwoRootsOwnBad", &kTwoRoots, "R", {{"R", "I"}}},
    {"Bridge", &kBridge, "H", {}},
    {"BridgeOwnOrganisation", &kBridge, "F", {}},
    {"BridgeFromAMeshedOne", &kBridge, "E", {}},
    {"BridgeWithABadWayBack", &kBridge, "H", {{"F", "Bridge"}}},
    {"BridgeWithABadWayIn", &kBridge, "H", {{"Bridge", "F"}}},
    {"BridgeWithABadWayUp", &kBridge, "H", {{"H", "Bridge"}}},
};

bool holds(const std::vector<Edge>& edges, const Edge& edge) {
    return std::find(edges.begin(), edges.end(), edge) != edges.end();
}

/// Whether the server is reached from `from` without the bad ones.
bool reaches(const GraphRow& row, const std::string& from, std::set<std::string>& seen) {
    if (from == "S") return true;
    if (!seen.insert(from).second) return false;
    return std::any_of(row.graph->begin(), row.graph->end(), [&](const Edge& edge) {
        return edge.first == from && !holds(row.bad, edge) && reaches(row, edge.second, seen);
    });
}

class GraphOfAuthorities : public testing::TestWithParam<GraphRow> {};

// In any order, and whatever it is that makes the bad ones bad.
TEST_P(GraphOfAuthorities, IsSearchedForAGoodPath) {
    const GraphRow& row = GetParam();
    std::set<std::string> seen;
    const bool expected = reaches(row, row.anchor, seen);
    std::mt19937 random{20240229};  // NOLINT(cert-msc51-cpp): the same orders in each run
    for (const char* flaw : {"expired", "bad_nc", "email", "no_bc", "not_ca", "sha1", "critical"}) {
        std::vector<std::string> sent;
        std::string leaf;
        for (const Edge& edge : *row.graph) {
            std::string text = edge.second + "<" + edge.first;
            if (holds(row.bad, edge)) text.append(":").append(flaw);
            (edge.second == "S" ? leaf : sent.emplace_back()) = text;
        }
        for (int order = 0; order < 3; ++order) {
            std::string all = leaf;
            for (const std::string& one : sent) all.append(" ").append(one);
            const std::string anchor = row.anchor;

            const std::string verdict = path_world().verdict(all, anchor + "<" + anchor);

            EXPECT_EQ(verdict.ends_with(" " + anchor + "<" + anchor), expected)
                << flaw << " " << verdict << "\n"
                << all;
            std::shuffle(sent.begin(), sent.end(), random);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, GraphOfAuthorities, testing::ValuesIn(kGraphRows),
    [](const auto& row) { return row.param.name; }
);

}  // namespace
}  // namespace countersign::proxy::tls
