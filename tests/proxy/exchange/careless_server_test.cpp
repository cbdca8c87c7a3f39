#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/proxy/exchange/careless_answers.hpp"
#include "tests/proxy/exchange/core_responses.hpp"

// What careless servers answer: what becomes of it by default, and where the profile allows what it
// has. Each leniency is one that nginx 1.22 and HAProxy 2.6 have passed on: with
// `response_leniency` the client gets what they read there, as it should have been written.

namespace countersign::proxy::exchange {
namespace {

using Row = CarelessAnswer;

/// What a world has seen at its end: fed in pieces of that size.
void answer(CoreWorld& world, const Row& row, std::size_t piece) {
    world.begin_get();
    std::string_view rest = row.bytes;
    while (!rest.empty() && !world.core().over()) {
        world.from_server(rest.substr(0, piece));
        rest.remove_prefix(std::min(piece, rest.size()));
    }
    if (row.until_close) world.server_ends(net::IoStatus::closed);
    world.settle();
}

void expect_refused(const Row& row, profiles::ResponseLeniencies allowed, std::size_t piece) {
    CoreWorld world;
    world.leniency = allowed;
    answer(world, row, piece);

    const bool malformed = world.ending() == Ending::response_malformed ||
                           world.ending() == Ending::response_body_malformed;
    EXPECT_TRUE(malformed) << static_cast<int>(world.ending());
    EXPECT_TRUE(world.core().progress().status == 0 || !world.core().server_keeps());
    if (allowed.empty()) {
        EXPECT_EQ(world.core().problem(), row.problem);
    }
}

void expect_passed(const Row& row, profiles::ResponseLeniencies allowed, std::size_t piece) {
    CoreWorld world;
    world.leniency = allowed;
    answer(world, row, piece);

    EXPECT_EQ(world.ending(), Ending::complete) << world.core().problem();
    EXPECT_EQ(in_one_chunk(without_via(world.at_client)), in_one_chunk(row.client));
    EXPECT_EQ(profiles::to_text(world.core().progress().leniencies), profiles::to_text(row.needs));
    if (piece >= row.bytes.size()) {
        EXPECT_EQ(without_via(world.at_client), row.client);
    }
}

constexpr std::size_t kAtOnce = 4096;
constexpr auto kAll = profiles::ResponseLeniencies::all();

TEST(CarelessServer, IsUnderstoodWhereItIsUnambiguous) {
    for (const Row& row : that_pass()) {
        SCOPED_TRACE(row.name);
        for (const std::size_t piece : {kAtOnce, std::size_t{1}}) {
            expect_passed(row, {}, piece);
            // What is not needed changes nothing, but that chunks may be written anew.
            if (row.name != "size with noughts") expect_passed(row, kAll, piece);
        }
    }
}

void expect_by_leniency(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        for (const std::size_t piece : {kAtOnce, std::size_t{1}}) {
            expect_refused(row, {}, piece);
            expect_passed(row, row.needs, piece);
            expect_passed(row, kAll, piece);
            for (const auto& [word, one] : profiles::kResponseLeniencies) {
                if (!row.needs.has(one)) continue;
                profiles::ResponseLeniencies others;
                for (const auto& other : profiles::kResponseLeniencies) {
                    if (other.meaning != one) others.add(other.meaning);
                }
                expect_refused(row, others, piece);
            }
        }
    }
}

TEST(CarelessServer, MayHaveACarelessHeadByLeniency) { expect_by_leniency(with_careless_heads()); }

TEST(CarelessServer, MayHaveCarelessChunksByLeniency) {
    expect_by_leniency(with_careless_chunks());
}

TEST(CarelessServer, IsToldWhichLeniencyWouldDo) {
    for (const auto& rows : {with_careless_heads(), with_careless_chunks()}) {
        for (const Row& row : rows) {
            if (row.name == "several at once") continue;  // in the chunks it finds one more
            CoreWorld world;
            answer(world, row, kAtOnce);

            EXPECT_EQ(profiles::to_text(world.core().cure()), profiles::to_text(row.needs))
                << row.name;
        }
    }
}

TEST(CarelessServer, IsToldOfLeniencyOnTopOfThoseThatThereAre) {
    CoreWorld world;
    world.leniency = http10_chunked;
    world.begin_get();
    world.from_server(kOld + kChunked + "\r\n2 \r\n");

    EXPECT_EQ(world.ending(), Ending::response_body_malformed);
    EXPECT_EQ(world.core().problem(), "chunk 1: blank behind the size");
    EXPECT_EQ(profiles::to_text(world.core().cure()), "chunk_blanks, http10_chunked");
}

TEST(CarelessServer, IsRefusedWhatNobodyAgreesUpon) {
    for (const Row& row : that_never_pass()) {
        SCOPED_TRACE(row.name);
        for (const std::size_t piece : {kAtOnce, std::size_t{1}}) {
            expect_refused(row, {}, piece);
            expect_refused(row, kAll, piece);
            CoreWorld world;
            answer(world, row, piece);
            EXPECT_TRUE(world.core().cure().empty()) << profiles::to_text(world.core().cure());
        }
    }
}

TEST(CarelessServer, IsNotUsedAgainWhereItIsUnclearWhatItWantsOfItsConnection) {
    for (const std::string& bytes :
         {field("Connection: keep alive\r\n"),
          kOld + kChunked + "Connection: keep-alive\r\n\r\n0\r\n\r\n"}) {
        CoreWorld world;
        world.leniency = kAll;
        world.begin_get();
        world.from_server(bytes);

        EXPECT_EQ(world.ending(), Ending::complete);
        EXPECT_FALSE(world.core().server_keeps());
        EXPECT_TRUE(world.core().progress().keep_client);
    }
}

TEST(CarelessServer, IsUsedAgainAfterALineThatEndsWithLf) {
    CoreWorld world;
    world.leniency = bare_lf;
    world.begin_get();
    world.from_server("HTTP/1.1 200 OK\nContent-Length: 2\n\nok");

    EXPECT_TRUE(world.core().server_keeps());
}

}  // namespace
}  // namespace countersign::proxy::exchange
