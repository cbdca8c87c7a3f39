#include "proxy/http/via.hpp"

#include <gtest/gtest.h>

#include "tests/proxy/http/parsed_head.hpp"

namespace countersign::proxy::http {
namespace {

TEST(Via, NamesWhoHasReceivedTheRequest) {
    struct Row {
        std::string_view fields;
        bool here;
    };
    for (const Row& row : {
             Row{"Via: 1.1 countersign-7\r\n", true},
             Row{"Via: 1.0 fred, 1.1 countersign-7 (of ours)\r\n", true},
             Row{"Via: 1.1 fred\r\nvia: HTTP/1.1\tcountersign-7\r\n", true},
             Row{"Via: 1.1 countersign-7(close)\r\n", true},
             Row{"Via: 1.1 countersign-77\r\n", false},
             Row{"Via: 1.1 countersign\r\n", false},
             Row{"Via: countersign-7\r\n", false},
             Row{"Via: 1.1 fred (countersign-7)\r\n", false},
             Row{"X: 1.1 countersign-7\r\n", false},
             Row{"Via: \r\n", false},
         }) {
        const auto parsed = ParsedHead::request(request_with(row.fields));
        ASSERT_TRUE(parsed.complete()) << row.fields;

        EXPECT_EQ(has_come_through(parsed.head, "countersign-7"), row.here) << row.fields;
        EXPECT_FALSE(has_come_through(parsed.head, "")) << row.fields;
    }
}

}  // namespace
}  // namespace countersign::proxy::http
