#include "proxy/client/failure_report.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace countersign::proxy::client {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const net::TimePoint kNow = net::TimePoint{} + std::chrono::hours{5};
const FailureReport::About kAbout{"10.1.2.3", "partner", "api.partner.example", 8443};

Failure refused() {
    return Failure::of_upstream(
        FailureCode::connection_refused, "Nothing listens there.", "Check the port."
    );
}

Failure bad_request() {
    return Failure::of_client(FailureCode::bad_request, "It is bad.", "Send a better one.");
}

std::string said(FailureReport& report, const Failure& failure, net::TimePoint now = kNow) {
    return report.line_for(failure, kAbout, now).text;
}

TEST(FailureReport, SaysWhereWhatWhyAndWhatToDo) {
    FailureReport report;

    const FailureReport::Line line = report.line_for(refused(), kAbout, kNow);

    EXPECT_EQ(
        line.text,
        "api.partner.example:8443 (profile 'partner'): 502 connection_refused: Nothing listens "
        "there. Check the port."
    );
    EXPECT_EQ(line.level, profiles::LogLevel::warning);
}

TEST(FailureReport, TellsWhatAClientDoesByTheClient) {
    FailureReport report;

    const FailureReport::Line line = report.line_for(bad_request(), kAbout, kNow);

    EXPECT_EQ(line.text, "client 10.1.2.3: 400 http_request_error: It is bad. Send a better one.");
    EXPECT_EQ(line.level, profiles::LogLevel::info);
}

// The rule of a destination is for who looks after that, however many clients run against it.
TEST(FailureReport, TellsWhatIsNotToBeHadByTheDestination) {
    FailureReport report;

    for (const FailureCode code : {FailureCode::no_profile, FailureCode::connect_refused}) {
        const Failure failure = Failure::of_client(code, "It is not there.", "Ask another.");
        const FailureReport::Line line = report.line_for(failure, kAbout, kNow);

        EXPECT_TRUE(line.text.starts_with("api.partner.example:8443 (profile 'partner'): 403 "))
            << line.text;
        EXPECT_EQ(line.level, profiles::LogLevel::warning);
    }
}

// Clients that wait for the challenge begin so, and a tunnel's ends are who speaks through it.
TEST(FailureReport, IsNoWarningWhereNothingMayBeWrong) {
    FailureReport report;

    for (const FailureCode code :
         {FailureCode::name_wanted, FailureCode::tunnel_lost, FailureCode::tunnel_idle}) {
        const Failure failure = Failure::of_client(code, "It is so.", "Mend it.");
        EXPECT_EQ(report.line_for(failure, kAbout, kNow).level, profiles::LogLevel::info);
    }
    const Failure wrong =
        Failure::of_client(FailureCode::client_unknown, "It is another.", "Mend it.");
    EXPECT_EQ(report.line_for(wrong, kAbout, kNow).level, profiles::LogLevel::warning);
}

TEST(FailureReport, SaysTheSameOnceAnHourAndThenHowOftenItWas) {
    FailureReport report;
    EXPECT_FALSE(said(report, refused()).empty());

    EXPECT_TRUE(said(report, refused(), kNow + seconds{1}).empty());
    EXPECT_TRUE(said(report, refused(), kNow + minutes{59}).empty());
    const std::string later = said(report, refused(), kNow + minutes{60});

    EXPECT_TRUE(later.ends_with("Check the port. (2 more since this was said last.)")) << later;
    EXPECT_TRUE(said(report, refused(), kNow + minutes{61}).empty());
}

TEST(FailureReport, SaysAnotherCauseOrDestinationApart) {
    FailureReport report;
    said(report, refused());
    FailureReport::About elsewhere = kAbout;
    elsewhere.port = 443;

    EXPECT_FALSE(report.line_for(refused(), elsewhere, kNow).text.empty());
    EXPECT_FALSE(
        said(report, Failure::of_upstream(FailureCode::connection_refused, "It is.", "Wait.", "x"))
            .empty()
    );
    EXPECT_FALSE(
        said(report, Failure::of_proxy(FailureCode::identity_unusable, "It is.", "Renew.")).empty()
    );
}

// A client that went away is nobody's to mend, and a stop is told by itself.
TEST(FailureReport, SaysNothingWhereNobodyHasToAct) {
    FailureReport report;

    EXPECT_TRUE(said(report, Failure::of_client(FailureCode::bad_request, "It is gone.")).empty());
    EXPECT_TRUE(said(report, stopping_failure()).empty());
}

TEST(FailureReport, CountsWhatIsBeyondItsBound) {
    FailureReport report;
    FailureReport::About about = kAbout;
    for (std::size_t port = 1; port <= FailureReport::kMost; ++port) {
        about.port = static_cast<std::uint16_t>(port);
        EXPECT_FALSE(report.line_for(refused(), about, kNow).text.empty());
    }
    EXPECT_TRUE(report.count_line().text.empty());

    about.port = 2000;
    EXPECT_TRUE(report.line_for(refused(), about, kNow).text.empty());
    EXPECT_TRUE(report.line_for(refused(), about, kNow).text.empty());

    EXPECT_TRUE(report.count_line().text.starts_with("2 more exchanges failed,"));
    EXPECT_TRUE(report.count_line().text.empty());
    EXPECT_FALSE(report.line_for(refused(), about, kNow + minutes{60}).text.empty())
        << "those that would be told again make room";
}

}  // namespace
}  // namespace countersign::proxy::client
