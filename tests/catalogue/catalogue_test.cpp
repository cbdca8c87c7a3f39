// Every server of the tables is met by the real program, and what is told of it is what stands
// there; and the documentation shows the tables.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include "tests/catalogue/document.hpp"
#include "tests/catalogue/outcome.hpp"
#include "tests/catalogue/row.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {
namespace {

/// A row of a table as it would be, for who writes one.
void show(const Row& row, const Outcome& outcome, const std::filesystem::path& folder) {
    std::ofstream out{folder / (row.table + "." + row.name)};
    out << "verdict: " << outcome.verdict << "\nstatus: " << outcome.status << '\n';
    if (!outcome.error.empty()) {
        out << "error: " << outcome.error << "\nside: " << outcome.side << "\nreason: >-\n  "
            << outcome.reason << "\nremedy: >-\n  " << outcome.remedy << '\n';
    }
    out << "access: " << outcome.access << "\nlog:\n"
        << outcome.log << "answer:\n"
        << outcome.answer;
}

class Catalogue : public testing::TestWithParam<Row> {};

TEST_P(Catalogue, IsTold) {
    const Row& row = GetParam();

    const Outcome outcome = outcome_of(row);

    EXPECT_EQ(outcome.verdict, row.verdict);
    EXPECT_EQ(outcome.status, row.status);
    EXPECT_EQ(outcome.error, row.error);
    EXPECT_EQ(outcome.side, row.side);
    EXPECT_EQ(outcome.reason, row.reason);
    EXPECT_EQ(outcome.remedy, row.remedy);
    EXPECT_NE(outcome.answer.find(row.answer), std::string::npos) << outcome.answer;
    EXPECT_NE((outcome.access + "\n" + outcome.log).find(row.logged), std::string::npos)
        << row.logged << "\nin\n"
        << outcome.access << "\n"
        << outcome.log;
    if (const char* folder = std::getenv("CATALOGUE_SEEN")) show(row, outcome, folder);
}

INSTANTIATE_TEST_SUITE_P(
    Servers, Catalogue, testing::ValuesIn(read_catalogue()),
    [](const auto& row) { return row.param.table + "_" + row.param.name; }
);

TEST(CatalogueRows, AreOfAtLeastFiftyServersThatNoTwoTellAlike) {
    std::set<std::string> names;
    for (const Row& row : read_catalogue()) {
        EXPECT_TRUE(names.insert(row.table + row.server).second) << row.server;
    }
    EXPECT_GE(names.size(), 50U);
}

// A cause, and a way out: not that something has failed.
TEST(CatalogueRows, NameACauseAndAWayOut) {
    for (const Row& row : read_catalogue()) {
        if (row.reason.empty()) continue;
        for (const char* const empty : {"The TLS handshake failed", "error:0A", "routines::"}) {
            EXPECT_EQ(row.reason.find(empty), std::string::npos) << row.server;
            EXPECT_EQ(row.remedy.find(empty), std::string::npos) << row.server;
        }
        EXPECT_NE(row.remedy, "") << row.server;
    }
}

TEST(CatalogueDocument, ShowsTheTables) {
    const std::string text = catalogue_document(read_catalogue());
    if (const char* file = std::getenv("CATALOGUE_DOCUMENT")) std::ofstream{file} << text;

    EXPECT_EQ(read_bytes(catalogue_document_path()), text)
        << "the rows have changed; write it anew as tests/catalogue/README.md says";
}

}  // namespace
}  // namespace countersign::tests
