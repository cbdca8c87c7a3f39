#include "proxy/exchange/exchange_ids.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

namespace countersign::proxy::exchange {
namespace {

const std::string kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

ExchangeIds taken(std::string_view request_id, std::string_view trace_parent) {
    http::Head head;
    head.request_id = request_id;
    head.trace_parent = trace_parent;
    ExchangeIds ids;
    ids.take(head);
    return ids;
}

TEST(ExchangeIdsOfARequest, AreCopiesOfWhatItBrings) {
    IdSource source;
    std::string request = "abc-1";
    std::string trace = kParent;
    ExchangeIds ids = taken(request, trace);

    request.assign(request.size(), '#');
    trace.assign(trace.size(), '#');

    EXPECT_EQ(ids.request_id(), "abc-1");
    EXPECT_EQ(ids.request_id(source), "abc-1");
    EXPECT_EQ(ids.trace_parent(), kParent);
    EXPECT_EQ(ids.trace().trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(ids.trace().span_id, "00f067aa0ba902b7");
    EXPECT_EQ(ids.trace().flags, "00");
}

TEST(ExchangeIdsOfARequest, AreNotWhatDoesNotLookLikeThem) {
    for (const std::string& odd : {std::string{}, std::string{"a b"}, std::string(300, 'a')}) {
        const ExchangeIds ids = taken(odd, odd);
        EXPECT_EQ(ids.request_id(), "");
        EXPECT_EQ(ids.trace_parent(), "");
        EXPECT_EQ(ids.trace().trace_id, "");
    }
    EXPECT_EQ(taken(std::string(128, 'a'), {}).request_id(), std::string(128, 'a'));
    EXPECT_EQ(
        taken({}, "cc" + kParent.substr(2) + "-more").trace_parent(), "cc" + kParent.substr(2)
    );
}

TEST(ExchangeIdsThatAreMade, AreAUuidAndATraceThatIsRecorded) {
    const std::regex uuid{"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"};
    IdSource source;
    for (int i = 0; i < 1000; ++i) {
        ExchangeIds ids;
        const std::string id{ids.request_id(source)};
        EXPECT_TRUE(std::regex_match(id, uuid)) << id;
        EXPECT_EQ(ids.request_id(source), id);
        ids.make_trace(source);
        EXPECT_TRUE(http::read_trace_parent(ids.trace_parent())) << ids.trace_parent();
        EXPECT_EQ(ids.trace().flags, "01");
    }
}

TEST(ExchangeIdsThatAreMade, AreNeverTheSame) {
    std::set<std::string> all;
    for (int sources = 0; sources < 4; ++sources) {
        IdSource source;
        for (int i = 0; i < 1000; ++i) {
            ExchangeIds ids;
            ids.make_trace(source);
            all.emplace(ids.request_id(source));
            all.emplace(ids.trace().trace_id);
            all.emplace(ids.trace().span_id);
        }
    }
    EXPECT_EQ(all.size(), 12'000U);
}

}  // namespace
}  // namespace countersign::proxy::exchange
