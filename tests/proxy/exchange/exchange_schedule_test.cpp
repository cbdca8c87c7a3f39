#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/proxy/exchange/core_responses.hpp"

namespace countersign::proxy::exchange {
namespace {

/// Bytes in pieces of any size, waits in between, in any order: what arrives is the same.
class Schedule {
public:
    explicit Schedule(unsigned seed) : random_{seed} {}

    void run(CoreWorld& world, std::string_view upload, const Response& response) {
        std::string_view download = response.bytes;
        bool closed = false;
        for (int steps = 0; !world.core().over(); ++steps) {
            ASSERT_LT(steps, 100'000) << "no end";
            switch (random_() % 7) {
                case 0:
                    world.server_takes(some());
                    break;
                case 1:
                    world.client_takes(some());
                    break;
                case 2:
                    feed(upload, [&](std::string_view& piece) { return world.client_says(piece); });
                    break;
                case 3:
                    // A server that answers when it has the request.
                    if (!upload.empty() || !world.core().to_server().empty()) break;
                    feed(download, [&](std::string_view& piece) {
                        return world.server_says(piece);
                    });
                    break;
                case 4:
                    world.server_is_silent();
                    break;
                case 5:
                    world.core().rest();
                    break;
                default:
                    closed = response.until_close && download.empty() && !closed &&
                             world.core().reads_server();
                    if (closed)
                        world.core().read_from_server({net::IoStatus::closed, 0}, world.now);
                    break;
            }
        }
    }

private:
    std::size_t some() { return 1 + random_() % 9; }
    template <class Say>
    void feed(std::string_view& bytes, Say&& say) {
        std::string_view piece = bytes.substr(0, some());
        const std::size_t size = piece.size();
        if (say(piece)) bytes.remove_prefix(size - piece.size());
    }

    std::mt19937 random_;
};

TEST(ExchangeSchedule, ChangesNothingOfWhatArrives) {
    for (const Response& response : responses()) {
        for (unsigned seed = 0; seed < 400; ++seed) {
            CoreWorld world;
            post(world, kBody, seed % kBody.size());
            Schedule{seed}.run(world, kBody.substr(seed % kBody.size()), response);

            const std::string where = std::string{response.name} + ", seed " + std::to_string(seed);
            ASSERT_EQ(world.verdict(), Verdict::done) << where;
            EXPECT_EQ(world.at_server, std::string{kRequestHead} + std::string{kBody}) << where;
            EXPECT_EQ(world.core().server_keeps(), !response.until_close) << where;
            EXPECT_EQ(world.core().progress().bytes_out > 0, true) << where;
            expect_same(response, world.at_client, where);
        }
    }
}

}  // namespace
}  // namespace countersign::proxy::exchange
