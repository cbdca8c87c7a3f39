#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "proxy/exchange/exchange_core.hpp"
#include "proxy/http/request_target.hpp"
#include "tests/fuzz/exchange_checks.hpp"
#include "tests/fuzz/exchange_script.hpp"
#include "tests/fuzz/require.hpp"

// One exchange: a client's request is read and rewritten by what a session does it with, and the
// core has it answered by a server, both of which say what the input says, in any pieces, and fail
// in any way. What has reached each side is then read by a reader that is not ours
// (exchange_checks).

namespace countersign::proxy::exchange {
namespace {

using fuzz::ExchangeScript;
using fuzz::ExchangeStep;
using fuzz::require;
using net::IoStatus;

constexpr std::size_t kMostFields = 64;
constexpr std::size_t kAll = ~std::size_t{0};
constexpr std::uint64_t kMostHeld = std::uint64_t{64} << 10;
constexpr std::uint64_t kClientMinRate = 100;

class World {
public:
    explicit World(const ExchangeScript& script)
        : script_{script},
          buffers_{
              {script.buffer, static_cast<std::uint32_t>(
                                  http::kMostGrowth + fuzz::operators_edits().lines.size()
                              )}},
          in_{buffers_.take()} {}
    ~World() { require(budget_.taken() == 0, "what was held is given back"); }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// False where there is no request that would go to a server.
    bool prepare();
    void attempt();

private:
    using What = ExchangeStep::What;

    void rewrite_head(const http::Head& head, std::size_t head_size, const http::Destination& to);
    bool wait_for_body();
    bool asks_server() const { return !let_go_ && core_->reads_server(); }
    void step(const ExchangeStep& step);
    void go_on();
    void let_go() { let_go_ = let_go_ || core_->lets_go_of_server(); }
    void server_takes(std::size_t most);
    void client_takes(std::size_t most);
    bool client_says(std::size_t most);
    bool server_says(std::size_t most);
    bool end_client(IoStatus how);
    bool end_server(IoStatus how);
    void time_passes();
    static std::size_t fill(std::span<char> room, std::string_view bytes);
    void check() const;

    const ExchangeScript& script_;
    net::MemoryBudget budget_;
    net::BufferPool buffers_;
    net::Buffer in_;
    http::HeadScratch scratch_;
    const profiles::Timeouts timeouts_;
    ExchangeRequest request_;
    std::string method_;
    std::string prepared_;  ///< what stood in the buffer when the request was ready
    net::TimePoint now_ = net::TimePoint{} + std::chrono::hours{1};

    std::size_t step_ = 0;
    std::size_t client_at_ = 0;
    std::size_t server_from_ = 0;  ///< where what this attempt's server says begins
    std::size_t server_at_ = 0;
    bool client_ended_ = false;
    bool let_go_ = false;  ///< the server's connection is another exchange's
    std::optional<IoStatus> server_ended_;
    Attempt attempt_;
    std::optional<ExchangeCore> core_;
    bool moved_ = false;
    std::string at_server_;
    std::string at_client_;
};

std::size_t World::fill(std::span<char> room, std::string_view bytes) {
    require(!room.empty(), "who reads has room");
    return bytes.copy(room.data(), room.size());
}

bool World::prepare() {
    http::Head& head = scratch_.head;
    const auto parsed = http::parse_request_head(script_.client, 0, kMostFields, head);
    if (parsed.state != http::HeadResult::State::complete) return false;
    if (parsed.size > in_.room()) return false;
    const std::size_t here =
        std::min({parsed.size + script_.body_here, script_.client.size(), std::size_t{in_.room()}});
    in_.commit(fill({in_.tail(), in_.room()}, script_.client.substr(0, here)));
    client_at_ = here;
    http::parse_request_head(in_.view(), 0, kMostFields, head);
    http::Destination to;
    if (http::parse_destination(head, to) != http::TargetError::none) return false;
    if (head.max_forwards == 0U) return false;  // the proxy answers by itself
    method_ = head.method;
    const http::RequestEdits* const edits =
        script_.edits_request ? &fuzz::operators_edits() : nullptr;
    read_request(head, parsed.size, {script_.cut_shows, script_.max_body, edits}, in_, request_);
    if (body_problem(request_) != Ending::under_way) return false;
    rewrite_head(head, parsed.size, to);
    if (script_.waits_for_body && !request_.repeatable && !wait_for_body()) return false;
    require(request_.method == method_, "the method moves with the head");
    require(request_.path.starts_with('/') || request_.path == "*", "and so does the path");
    prepared_ = in_.view().substr(0, request_.first_write);
    return true;
}

void World::rewrite_head(
    const http::Head& head, std::size_t head_size, const http::Destination& to
) {
    http::MadeIds made;
    if (script_.makes_ids) {
        made.trace_parent = fuzz::kOwnTrace;
        if (head.request_id.data() == nullptr) made.request_id = fuzz::kOwnRequestId;
    }
    http::write_request_head(
        head, to.path, "a.example", scratch_.text,
        script_.edits_request ? &fuzz::operators_edits() : nullptr, made
    );
    require(replace_head(in_, head_size, scratch_.text, request_), "a rewritten head has room");
}

/// As much of it as is there, and there is room for.
bool World::wait_for_body() {
    while (!request_.repeatable && client_at_ < script_.client.size()) {
        const std::size_t room = room_for_body(in_, request_);
        if (room == 0) break;
        const std::size_t before = in_.size();
        const std::size_t most = std::max<std::size_t>(script_.body_here, 1);
        const std::size_t size = fill({in_.tail(), room}, script_.client.substr(client_at_, most));
        client_at_ += size;
        in_.commit(size);
        take_body(in_, before, request_);
        if (body_problem(request_) != Ending::under_way) return false;
    }
    return true;
}

void World::server_takes(std::size_t most) {
    if (let_go_ || !core_->writes_server()) return;
    const std::string_view bytes = core_->to_server().substr(0, most);
    at_server_ += bytes;
    core_->sent_to_server({IoStatus::ok, bytes.size()}, now_);
    moved_ = true;
}

void World::client_takes(std::size_t most) {
    if (!core_->writes_client()) return;
    const std::string_view bytes = core_->to_client().substr(0, most);
    require(!bytes.empty(), "who writes to the client has something");
    at_client_ += bytes;
    core_->sent_to_client({IoStatus::ok, bytes.size()}, now_);
    moved_ = true;
}

bool World::client_says(std::size_t most) {
    const std::string_view bytes = script_.client.substr(client_at_, most);
    if (!core_->reads_client() || bytes.empty()) return false;
    const std::size_t size = fill(core_->client_room(), bytes);
    client_at_ += size;
    core_->read_from_client({IoStatus::ok, size}, now_);
    return moved_ = true;
}

bool World::server_says(std::size_t most) {
    const std::string_view bytes = script_.server.substr(server_from_ + server_at_, most);
    if (!asks_server() || bytes.empty()) return false;
    const std::size_t size = fill(core_->server_room(), bytes);
    if (core_->asks_for_identity()) core_->note_identity(true);
    server_at_ += size;
    core_->read_from_server({IoStatus::ok, size}, now_);
    return moved_ = true;
}

bool World::end_client(IoStatus how) {
    if (!core_->reads_client()) return false;
    client_ended_ = true;
    core_->read_from_client({how, 0}, now_);
    return moved_ = true;
}

bool World::end_server(IoStatus how) {
    if (!asks_server()) return false;
    server_ended_ = how;
    core_->read_from_server({how, 0}, now_);
    return moved_ = true;
}

void World::step(const ExchangeStep& step) {
    switch (step.what) {
        case What::server_takes:
            return server_takes(step.size);
        case What::client_takes:
            return client_takes(step.size);
        case What::client_says:
            client_says(step.size);
            return;
        case What::server_says:
            server_says(step.size);
            return;
        case What::server_is_silent:
            if (asks_server()) {
                core_->read_from_server({IoStatus::would_block_read, 0}, now_);
            }
            return;
        case What::rest:
            return core_->rest();
        case What::time_passes:
            now_ += std::chrono::seconds{step.size};
            return time_passes();
        case What::server_is_full:
        case What::server_write_fails:
            if (!let_go_ && core_->writes_server()) core_->sent_to_server({step.write(), 0}, now_);
            return;
        case What::client_is_full:
        case What::client_write_fails:
            if (core_->writes_client()) core_->sent_to_client({step.write(), 0}, now_);
            return;
        case What::turn:
            core_->take_turn();
            return;
        case What::server_ends:
            end_server(step.end);
            return;
        case What::client_ends:
            end_client(step.end);
            return;
        case What::client_is_lost:
            return core_->lose_client();
        case What::stop:
            return core_->stop();
    }
}

/// Both sides do all that they can; where there is nothing, the time comes at which the core ends
/// its wait.
void World::go_on() {
    moved_ = false;
    core_->take_turn();
    let_go();
    core_->rest();
    if (!client_says(kAll) && script_.client_ends) end_client(IoStatus::closed);
    server_takes(kAll);
    if (!server_says(kAll)) {
        if (script_.server_ends) {
            end_server(script_.server_end);
        } else if (asks_server()) {
            core_->read_from_server({IoStatus::would_block_read, 0}, now_);
        }
    }
    client_takes(kAll);
    if (moved_ || core_->over()) return;
    const net::TimePoint deadline = core_->deadline();
    require(deadline != net::kNever, "every wait has its limit");
    now_ = std::max(now_, deadline);
    time_passes();
}

void World::time_passes() {
    core_->note_others_wait(script_.others_wait);
    core_->time(now_);
}

void World::attempt() {
    // Of a schedule each step is one; behind it a round moves a buffer, or ends a wait.
    const std::size_t most_rounds = 64 + 2 * script_.client.size() + 2 * script_.server.size();
    const BacklogTerms backlog{budget_, kMostHeld};
    ExchangeTerms terms{timeouts_, script_.retry, kMostFields, nullptr};
    if (script_.rewrites_response) terms.rewrite = &fuzz::rewrite_of(script_);
    if (script_.tells_identity) terms.told_identity = fuzz::kIdentity;
    if (script_.holds_response) terms.backlog = &backlog;
    if (script_.others_wait) terms.client_min_rate = kClientMinRate;
    terms.leniency = script_.leniency;
    attempt_ = {script_.reused, script_.bound, false};
    for (;;) {
        at_server_.clear();
        core_.emplace(terms, request_, in_, buffers_, scratch_, now_);
        if (script_.drains) core_->drain();
        for (; !core_->over() && step_ < script_.steps.size(); ++step_) {
            step(ExchangeStep{script_.steps[step_]});
            let_go();
        }
        for (std::size_t rounds = 0; !core_->over(); ++rounds) {
            require(rounds < most_rounds, "an exchange ends");
            go_on();
        }
        check();
        if (core_->verdict(attempt_) != Verdict::again) break;
        server_from_ += server_at_;
        server_at_ = 0;
        server_ended_.reset();
        attempt_ = {false, false, true};
    }
    core_.reset();
}

void World::check() const {
    fuzz::check(
        {script_, request_, *core_, attempt_, method_, script_.client.substr(0, client_at_),
         at_server_, script_.server.substr(server_from_, server_at_), at_client_,
         server_ended_ == IoStatus::closed, server_ended_.has_value(),
         in_ ? in_.view() : std::string_view{}, prepared_}
    );
}

}  // namespace
}  // namespace countersign::proxy::exchange

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const countersign::fuzz::ExchangeScript script{
        {reinterpret_cast<const char*>(data), size}};  // NOLINT: octets are characters
    countersign::proxy::exchange::World world{script};
    if (world.prepare()) world.attempt();
    return 0;
}
