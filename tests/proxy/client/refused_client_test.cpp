#include "proxy/client/refused_client.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/proxy/client/session_world.hpp"

// What such a client costs, and how it is told, is in tests/scenarios/refused_clients_test.cpp.

namespace countersign::proxy::client {
namespace {

// It is answered as it asks only where its request was understood.
TEST(RefusedClient, IsUnderstoodHoweverItsRequestIsCut) {
    const std::string request =
        "\r\n\r\nGET / HTTP/1.1\r\nHost: x.example\r\nAccept: text/plain\r\n\r\n";
    for (const auto& pieces : cuts_of(request)) {
        std::string heard;
        {
            log::AccessLog log{no_access_log()};
            SessionWorld world{profiles::Configuration{}, log};
            world.refuse(say_in_pieces_and_hear_all(world, pieces, heard));
        }

        EXPECT_NE(heard.find("\r\nContent-Type: text/plain"), std::string::npos)
            << "behind " << pieces.front().size() << ": " << heard;
    }
}

}  // namespace
}  // namespace countersign::proxy::client
