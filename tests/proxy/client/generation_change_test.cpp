#include <gtest/gtest.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/proxy/client/session_world.hpp"

namespace countersign::proxy::client {
namespace {

/// A server that answers each request when it may, and says who has asked.
class AskingServer {
public:
    explicit AskingServer(const Partner& partner)
        : server_{partner.server(), [this](tests::Peer& peer) {
                      for (auto asked = peer.read_request(); !asked.empty();
                           asked = peer.read_request()) {
                          {
                              const std::lock_guard lock{mutex_};
                              subjects_.push_back(peer.client_subject());
                              last_body_ = asked.substr(asked.find("\r\n\r\n") + 4);
                          }
                          ++asked_;
                          answering_.wait(false);
                          peer.write(tests::ok("answer"));
                      }
                  }} {}

    int asked() const { return asked_; }
    void answer_from_now_on() {
        answering_ = true;
        answering_.notify_all();
    }
    std::uint16_t port() const { return server_.port(); }
    int connections() const { return server_.connections(); }
    std::vector<std::string> subjects() const {
        const std::lock_guard lock{mutex_};
        return subjects_;
    }
    std::string last_body() const {
        const std::lock_guard lock{mutex_};
        return last_body_;
    }

private:
    std::atomic<int> asked_ = 0;
    std::atomic<bool> answering_ = false;
    mutable std::mutex mutex_;
    std::vector<std::string> subjects_;
    std::string last_body_;
    tests::ScriptedServer server_;
};

class GenerationChange : public testing::Test {
protected:
    GenerationChange() {
        first_.certificates = {partner_.trust(), partner_.key_store("first")};
        first_.profiles = {Partner::profile("partner", {"127.0.0.1"}, "first")};
        first_.log.access = (partner_.directory() / "access.log").string();
        next_ = first_;
        next_.certificates[1] = partner_.key_store("next");
        next_.profiles = {Partner::profile("partner", {"127.0.0.1"}, "next")};
    }
    std::string request(const std::string& fields = {}, const std::string& body = "body") const {
        const std::string authority = "127.0.0.1:" + std::to_string(server_.port());
        return "POST http://" + authority + "/ HTTP/1.1\r\nHost: " + authority + "\r\n" + fields +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    Partner partner_;
    AskingServer server_{partner_};
    profiles::Configuration first_;
    profiles::Configuration next_;
};

net::Task<void> change_under_way(
    SessionWorld& world, AskingServer& server, std::string request,
    std::shared_ptr<const generation::Generation> next
) {
    const auto limit = std::chrono::duration_cast<net::Clock::duration>(tests::kPatience);
    Workspace& workspace = world.workspace();
    std::array<char, 4096> into;
    const net::IoStatus sent = co_await net::write_all(world.client(), request, limit);
    EXPECT_EQ(sent, net::IoStatus::ok);
    co_await upstream::until(workspace.loop, [&] { return server.asked() == 1; });

    const std::weak_ptr<const tls::TlsContext> context = workspace.generation->route(0).tls;
    workspace.adopt(std::move(next));

    EXPECT_FALSE(context.expired()) << "an exchange runs on it";
    server.answer_from_now_on();
    const std::string_view answer = co_await call(world.client(), "", "answer", into);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
    co_await upstream::until(workspace.loop, [&] { return context.expired(); });
    co_await call(world.client(), request, "answer", into);
}

TEST_F(GenerationChange, AnExchangeEndsWithItsOwnAndTheNextHasTheNew) {
    next_.log.format = profiles::LogFormat::json;
    {
        log::AccessLog log{first_.log};
        SessionWorld world{first_, log};
        world.run(change_under_way(world, server_, request(), generation_of(next_)));
    }

    EXPECT_EQ(server_.subjects(), (std::vector<std::string>{"CN=first", "CN=next"}));
    EXPECT_EQ(server_.connections(), 2);
    const std::string lines = tests::read_bytes(first_.log.access);
    const std::size_t second = lines.find('\n') + 1;
    EXPECT_NE(lines.substr(0, second).find("identity=\"CN=first\""), std::string::npos) << lines;
    EXPECT_TRUE(lines.substr(second).starts_with("{")) << lines;
    EXPECT_NE(lines.substr(second).find("CN=next"), std::string::npos) << lines;
}

net::Task<void> change_within_a_head(
    SessionWorld& world, AskingServer& server, std::string request, std::size_t first_part,
    std::shared_ptr<const generation::Generation> next
) {
    const auto limit = std::chrono::duration_cast<net::Clock::duration>(tests::kPatience);
    Workspace& workspace = world.workspace();
    server.answer_from_now_on();
    const std::string_view all = request;
    EXPECT_EQ(
        co_await net::write_all(world.client(), all.substr(0, first_part), limit), net::IoStatus::ok
    );
    const int fd = world.client().descriptor().fd();
    co_await upstream::until(workspace.loop, [fd] {
        int unread = -1;
        return ::ioctl(fd, SIOCOUTQ, &unread) == 0 && unread == 0;
    });

    workspace.adopt(std::move(next));

    std::array<char, 4096> into;
    const std::string_view answer =
        co_await call(world.client(), all.substr(first_part), "answer", into);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
}

// The buffer that the head begins in is too small for both.
TEST_F(GenerationChange, AHeadThatHasBegunMayBeAsLargeAsTheNewOneSaysAndGrowAsMuch) {
    next_.limits.header_bytes = 1024 * 1024;
    next_.profiles[0].request_headers.set = {
        {"Authorization", certs::Secret{std::string(20'000, 'a')}, ""}};
    log::AccessLog log{first_.log};
    SessionWorld world{first_, log};
    const std::string long_field = "X-Long: " + std::string(200'000, 'x') + "\r\n";

    world.run(
        change_within_a_head(world, server_, request(long_field), 60'000, generation_of(next_))
    );

    EXPECT_EQ(server_.subjects(), std::vector<std::string>{"CN=next"});
}

// What stands behind the head is larger than the new buffers, and the head needs more in front.
TEST_F(GenerationChange, ABodyThatHasComeMayBeLargerThanTheNewBuffers) {
    first_.limits.header_bytes = 1024 * 1024;
    next_.profiles[0].request_headers.set = {
        {"Authorization", certs::Secret{std::string(20'000, 'a')}, ""}};
    log::AccessLog log{first_.log};
    SessionWorld world{first_, log};

    const std::string body(150'000, 'b');
    world.run(change_within_a_head(world, server_, request({}, body), 20, generation_of(next_)));

    EXPECT_EQ(server_.subjects(), std::vector<std::string>{"CN=next"});
    EXPECT_TRUE(server_.last_body() == body);
}

net::Task<void> change_between(
    SessionWorld& world, AskingServer& server, std::string request,
    std::shared_ptr<const generation::Generation> next, std::string& second
) {
    std::array<char, 4096> into;
    server.answer_from_now_on();
    co_await call(world.client(), request, "answer", into);
    world.workspace().adopt(std::move(next));
    second = co_await call(world.client(), request, "}\n", into);
}

TEST_F(GenerationChange, TheNextSaysWhichAddressesMayBeDialled) {
    next_.addresses.deny = {profiles::Network::parse("127.0.0.0/8").value()};
    log::AccessLog log{first_.log};
    SessionWorld world{first_, log};
    std::string second;

    world.run(change_between(world, server_, request(), generation_of(next_), second));

    EXPECT_NE(second.find("error=destination_ip_prohibited"), std::string::npos) << second;
}

}  // namespace
}  // namespace countersign::proxy::client
