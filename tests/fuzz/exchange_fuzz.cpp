#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "proxy/exchange/exchange_core.hpp"
#include "proxy/http/request_target.hpp"
#include "tests/fuzz/exchange_script.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/fuzz/second_reader.hpp"

// One exchange: a client's request is read and rewritten as a session does it, and the core has it
// answered by a server, both of which say what the input says, in any pieces, and fail in any way.
// What has reached each side is then read by a reader that is not ours.

namespace countersign::proxy::exchange {
namespace {

using fuzz::ExchangeScript;
using fuzz::ExchangeStep;
using fuzz::require;
using net::IoStatus;

constexpr std::size_t kMostFields = 64;
constexpr std::size_t kAll = ~std::size_t{0};
constexpr std::string_view kIdentity = "fingerprint";

class World {
public:
    explicit World(const ExchangeScript& script)
        : script_{script}, buffers_{{script.buffer, http::kMostGrowth}}, in_{buffers_.take()} {}

    /// False where there is no request that would go to a server.
    bool prepare();
    void attempt();

private:
    using What = ExchangeStep::What;

    std::string_view client_said() const { return script_.client.substr(0, client_at_); }
    std::string_view server_said() const { return script_.server.substr(server_from_, server_at_); }

    void step(const ExchangeStep& step);
    void go_on();
    void server_takes(std::size_t most);
    void client_takes(std::size_t most);
    bool client_says(std::size_t most);
    bool server_says(std::size_t most);
    bool end_client(IoStatus how);
    bool end_server(IoStatus how);
    static std::size_t fill(std::span<char> room, std::string_view bytes);

    void check(Verdict verdict);
    void check_server(const fuzz::Reading& asked, const fuzz::Reading& sent) const;
    void check_client(
        Verdict verdict, const fuzz::ResponseReading& said, const fuzz::ResponseReading& came
    ) const;
    void check_kept(
        const fuzz::Reading& asked, const fuzz::Reading& sent, const fuzz::ResponseReading& said,
        const fuzz::ResponseReading& came
    ) const;
    void check_again(const fuzz::Reading& asked) const;

    const ExchangeScript& script_;
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

/// As Session::prepare does it.
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
    request_.method = method_;
    request_.minor_version = head.minor_version;
    request_.client_keeps = head.keep_alive;
    request_.cut_shows = script_.cut_shows;
    request_.max_body = script_.max_body;
    request_.upgrade = head.upgrade;
    request_.body = BodyMeter{head.framing, head.content_length};
    const std::size_t body_here = request_.body.take(in_.view().substr(parsed.size));
    request_.repeatable = request_.body.done();
    if (request_.body.invalid()) return false;
    if (exceeds(std::max(head.content_length, request_.body.total()), request_.max_body)) {
        return false;
    }
    http::write_request_head(
        head, to.path, profiles::authority_text(to.host, to.port, 443), scratch_.text
    );
    in_.consume(parsed.size);
    require(in_.prepend(scratch_.text), "a rewritten head has room");
    request_.first_write = scratch_.text.size() + body_here;
    prepared_ = in_.view().substr(0, request_.first_write);
    return true;
}

void World::server_takes(std::size_t most) {
    if (!core_->writes_server()) return;
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
    if (!core_->reads_server() || bytes.empty()) return false;
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
    if (!core_->reads_server()) return false;
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
            if (core_->reads_server()) {
                core_->read_from_server({IoStatus::would_block_read, 0}, now_);
            }
            return;
        case What::rest:
            return core_->rest();
        case What::time_passes:
            now_ += std::chrono::seconds{step.size};
            return core_->time(now_);
        case What::server_is_full:
        case What::server_write_fails:
            if (core_->writes_server()) core_->sent_to_server({step.write(), 0}, now_);
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
    core_->rest();
    if (!client_says(kAll) && script_.client_ends) end_client(IoStatus::closed);
    server_takes(kAll);
    if (!server_says(kAll)) {
        if (script_.server_ends) {
            end_server(script_.server_end);
        } else if (core_->reads_server()) {
            core_->read_from_server({IoStatus::would_block_read, 0}, now_);
        }
    }
    client_takes(kAll);
    if (moved_ || core_->over()) return;
    const net::TimePoint deadline = core_->deadline();
    require(deadline != net::kNever, "every wait has its limit");
    now_ = std::max(now_, deadline);
    core_->time(now_);
}

void World::attempt() {
    // Of a schedule each step is one; behind it a round moves a buffer, or ends a wait.
    const std::size_t most_rounds = 64 + 2 * script_.client.size() + 2 * script_.server.size();
    const ExchangeTerms terms{
        timeouts_, script_.retry,   kMostFields,
        nullptr,   http::kPlainVia, script_.tells_identity ? kIdentity : std::string_view{}};
    attempt_ = {script_.reused, script_.bound, false};
    for (;;) {
        at_server_.clear();
        core_.emplace(terms, request_, in_, buffers_, scratch_, now_);
        if (script_.drains) core_->drain();
        for (; !core_->over() && step_ < script_.steps.size(); ++step_) {
            step(ExchangeStep{script_.steps[step_]});
        }
        for (std::size_t rounds = 0; !core_->over(); ++rounds) {
            require(rounds < most_rounds, "an exchange ends");
            go_on();
        }
        const Verdict verdict = core_->verdict(attempt_);
        check(verdict);
        if (verdict != Verdict::again) return;
        server_from_ += server_at_;
        server_at_ = 0;
        server_ended_.reset();
        attempt_ = {false, false, true};
    }
}

void World::check(Verdict verdict) {
    const bool to_head_request = method_ == "HEAD";
    const fuzz::Reading asked = fuzz::read_request(client_said());
    const fuzz::Reading sent = fuzz::read_request(at_server_);
    const bool ended = server_ended_ == IoStatus::closed;
    const auto said = fuzz::read_responses(server_said(), to_head_request, ended);
    // A reset shows, where the client sees one.
    const bool whole = verdict == Verdict::done || !request_.cut_shows;
    const auto came = fuzz::read_responses(at_client_, to_head_request, whole);
    check_server(asked, sent);
    check_client(verdict, said, came);
    if (verdict == Verdict::again) check_again(asked);
    check_kept(asked, sent, said, came);
}

/// What the server has of the request is what the client said of it.
void World::check_server(const fuzz::Reading& asked, const fuzz::Reading& sent) const {
    require(!asked.invalid || !sent.complete, "the other reader takes the request");
    require(!sent.invalid, "it takes what was made of it, too");
    if (!sent.has_head) return;
    require(sent.method == asked.method && sent.method == method_, "of the client's method");
    require(sent.chunked == asked.chunked, "framed as the client's");
    require(asked.body.starts_with(sent.body), "with the client's content");
    if (sent.complete) {
        require(sent.size == at_server_.size(), "a server gets one request, nothing behind it");
        require(asked.complete && asked.body == sent.body, "whole only where the client's is");
    }
    for (const auto& [name, value] : sent.fields) {
        const bool is_ours = name == "host" || name == "via" || name == "content-length" ||
                             name == "transfer-encoding" || name == "connection" ||
                             name == "max-forwards";
        require(is_ours || asked.says(name, value), "no field that the client has not sent");
    }
}

/// What the client has of the response is what the server said of it.
void World::check_client(
    Verdict verdict, const fuzz::ResponseReading& said, const fuzz::ResponseReading& came
) const {
    require(!came.last.invalid, "the other reader takes what the client gets");
    if (came.last.complete) {
        require(came.size == at_client_.size(), "a client gets one response, nothing behind it");
    }
    const bool old = request_.minor_version == 0;
    require(!old || came.interim.empty(), "no interim response for HTTP/1.0");
    require(came.interim.size() <= said.interim.size(), "no interim response of the proxy's own");
    for (std::size_t i = 0; i < came.interim.size(); ++i) {
        require(came.interim[i].status == said.interim[i].status, "each as the server's");
    }
    if (came.is_final()) {
        require(said.is_final() && said.last.status == came.last.status, "the server's status");
        require(said.last.body.starts_with(came.last.body), "with the server's content");
        require(request_.cut_shows || !came.last.needs_end, "no end where a cut does not show");
        const bool whole = said.last.complete && said.last.body == came.last.body;
        require(whole || !came.last.complete, "no part passes for the whole");
        require(core_->progress().response_started, "it is known that it has begun");
    }
    if (verdict == Verdict::done || verdict == Verdict::tunnel) {
        require(came.is_final() && came.last.complete, "what is done is whole");
        require(came.last.status == core_->progress().status, "and its status is known");
        require((came.last.status == 101) == (verdict == Verdict::tunnel), "a switch is a tunnel");
        require(came.interim.size() == (old ? 0 : said.interim.size()), "no interim one is lost");
    }
    if (verdict == Verdict::answer || verdict == Verdict::again) {
        require(came.size == at_client_.size(), "an answer is not put behind a part");
        require(!came.last.has_head, "or behind another one");
    }
}

/// What is said of both connections afterwards.
void World::check_kept(
    const fuzz::Reading& asked, const fuzz::Reading& sent, const fuzz::ResponseReading& said,
    const fuzz::ResponseReading& came
) const {
    const bool done = core_->ending() == Ending::complete;
    if (core_->server_keeps() || core_->server_closes()) {
        require(done && sent.complete && said.last.complete, "a server is clean after the whole");
        require(said.size == server_at_, "and after nothing more");
    }
    if (core_->server_keeps()) {
        require(said.last.keep_alive && !said.last.needs_end, "it is kept where it wants to be");
        require(!server_ended_, "and is there");
    }
    if (!done) return;
    const bool keeps = core_->progress().keep_client;
    require(keeps == came.last.keep_alive, "a client is told what becomes of its connection");
    if (!keeps) return;
    require(!came.last.needs_end && asked.complete && request_.body.done(), "kept after the whole");
    // What stands behind the request is the next one.
    const std::size_t own = request_.repeatable ? request_.first_write : 0;
    const std::string_view next = in_ ? in_.view().substr(own) : std::string_view{};
    require(client_said().substr(asked.size) == next, "nothing of the next request is lost");
}

void World::check_again(const fuzz::Reading& asked) const {
    require(attempt_.reused && !attempt_.bound && !attempt_.repeated, "once, after a stale one");
    require(server_at_ == 0, "not when there was an answer");
    require(asked.complete && request_.repeatable, "a request that is here as a whole");
    require(in_.view().starts_with(prepared_), "as it was");
    require(script_.retry != profiles::RetryRule::never, "as the rule says");
    if (at_server_.empty()) return;
    require(script_.retry == profiles::RetryRule::idempotent, "which says so of what was sent");
    static constexpr std::array kIdempotent{"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
    const bool repeats =
        std::find(kIdempotent.begin(), kIdempotent.end(), method_) != kIdempotent.end();
    require(repeats, "of methods that change nothing the second time");
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
