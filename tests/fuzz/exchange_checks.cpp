#include "tests/fuzz/exchange_checks.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "proxy/http/field_value.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/fuzz/second_reader.hpp"

namespace countersign::fuzz {

namespace {

using proxy::exchange::Ending;
using proxy::exchange::Verdict;

constexpr std::string_view kPlainHost = "plain.example";

class PlainHost : public proxy::http::PlainUrls {
public:
    std::string authority_of(std::string_view host, std::uint16_t, std::string_view, std::uint16_t)
        const override {
        return host == kPlainHost ? std::string{kPlainHost} : std::string{};
    }
};

proxy::http::ResponseRewrite make_rewrite(bool one_upstream) {
    proxy::http::ResponseRewrite rewrite;
    rewrite.rules = {.location = true, .cookie_domain = true, .cookie_secure = true};
    rewrite.upstream_host = "a.example";
    if (one_upstream) {
        rewrite.client_authority = "front.example:8080";
    } else {
        rewrite.client_authority = rewrite.client_host = rewrite.upstream_host;
        rewrite.plain = std::make_unique<PlainHost>();
    }
    return rewrite;
}

template <std::size_t size>
bool is_among(const std::array<std::string_view, size>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// What the proxy says of its own in a request, or knows to be one hop's.
constexpr std::array<std::string_view, 8> kOurs{
    "connection", "content-length",    "host",    "max-forwards",
    "te",         "transfer-encoding", "upgrade", "via"};
/// The same in a response.
constexpr std::array<std::string_view, 8> kOursToClient{
    "connection", "content-length",    "countersign-identity", "proxy-status",
    "upgrade",    "transfer-encoding", "proxy-support",        "via"};
/// Nobody's who comes late, whatever else is right.
constexpr std::array<std::string_view, 12> kNeverTrailers{
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "proxy-authorization",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "via"};

/// Between its semicolons, without the blanks around each.
std::vector<std::string_view> parts_of(std::string_view cookie) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = std::min(cookie.find(';'), cookie.size());
        parts.push_back(proxy::http::trim(cookie.substr(0, end)));
        if (end == cookie.size()) return parts;
        cookie.remove_prefix(end + 1);
    }
}

/// One attempt, held to what both sides have said.
class Checks {
public:
    explicit Checks(const EndedAttempt& ended)
        : ended_{ended},
          script_{ended.script},
          core_{ended.core},
          request_{ended.request},
          verdict_{core_.verdict(ended.attempt)},
          asked_{read_request(ended.client_said)},
          sent_{read_request(ended.at_server)} {
        const bool to_head_request = ended.method == "HEAD";
        said_ = read_responses(ended.server_said, to_head_request, ended.server_closed);
        // A reset shows, where the client sees one.
        const bool whole = verdict_ == Verdict::done || !request_.cut_shows;
        came_ = read_responses(ended.at_client, to_head_request, whole);
        // What a profile allows, the other reader does not: it refuses, or waits for a CR.
        is_careless_ =
            said_.last.is_confused || (!script_.leniency.empty() && !said_.last.complete);
    }

    void all() const {
        require(!sent_.is_confused && !came_.last.is_confused, "no trailer that frames a message");
        if (asked_.is_confused) return;
        server_has_what_client_said();
        if (sent_.has_head) request_fields();
        trailers(asked_, sent_, script_.edits_request);
        client_has_a_response();
        if (!is_careless_) client_has_what_server_said();
        if (verdict_ == Verdict::again) sent_again();
        connections();
    }

private:
    void server_has_what_client_said() const;
    void request_fields() const;
    static void trailers(const Reading& from, const Reading& to, bool edited);
    void client_has_a_response() const;
    void client_has_what_server_said() const;
    void response_fields() const;
    void rewritten(std::string_view name, std::string_view before, std::string_view after) const;
    void cookie(std::string_view before, std::string_view after) const;
    void sent_again() const;
    void connections() const;

    const EndedAttempt& ended_;
    const ExchangeScript& script_;
    const proxy::exchange::ExchangeCore& core_;
    const proxy::exchange::ExchangeRequest& request_;
    Verdict verdict_;
    Reading asked_;
    Reading sent_;
    ResponseReading said_;
    ResponseReading came_;
    bool is_careless_ = false;
};

void Checks::server_has_what_client_said() const {
    require(!asked_.invalid || !sent_.complete, "the other reader takes the request");
    require(!sent_.invalid, "it takes what was made of it, too");
    if (!sent_.has_head) return;
    require(sent_.method == asked_.method && sent_.method == ended_.method, "the client's method");
    require(sent_.chunked == asked_.chunked, "framed as the client's");
    require(asked_.body.starts_with(sent_.body), "with the client's content");
    for (const std::string& length : sent_.values("content-length")) {
        const bool is_within = script_.max_body == 0 || std::stoull(length) <= script_.max_body;
        require(is_within, "none that says that it is too large");
    }
    if (!sent_.complete) return;
    require(sent_.size == ended_.at_server.size(), "a server gets one request, nothing behind it");
    require(asked_.complete && asked_.body == sent_.body, "whole only where the client's is");
}

void Checks::request_fields() const {
    for (const auto& [name, value] : sent_.fields) {
        if (is_among(kOurs, name)) continue;
        const bool is_set = script_.edits_request && name == "x-set";
        const bool is_made = script_.makes_ids && (value == kOwnRequestId || value == kOwnTrace);
        require(is_set || is_made || asked_.says(name, value), "no field that was not sent");
        require(is_set || is_made || !asked_.lists(name), "no field of one hop");
    }
    const auto count = [](const Reading& reading, std::string_view name) {
        return reading.values(name).size();
    };
    require(
        count(sent_, "via") == count(asked_, "via") + 1, "the proxy says once that it was there"
    );
    require(count(sent_, "host") == 1 && sent_.says("host", "a.example"), "of one host");
    if (script_.edits_request) {
        require(count(sent_, "x-secret") == 0, "what the operator removes is gone");
        const bool is_set = count(sent_, "x-set") == 1 && sent_.says("x-set", "operator");
        require(is_set, "what the operator sets is set, once");
    }
    if (script_.makes_ids) {
        require(count(sent_, "traceparent") == 1, "one trace");
        require(sent_.says("traceparent", kOwnTrace), "which is the one that was made");
        require(count(sent_, "tracestate") == 0, "without the state of another one");
        require(count(sent_, "x-request-id") >= 1, "there is an id");
    }
}

/// Those of one side that have reached the other.
void Checks::trailers(const Reading& from, const Reading& to, bool edited) {
    if (!to.complete || from.invalid) return;
    Reading::Fields left = from.trailers;
    for (const auto& trailer : to.trailers) {
        const auto same = std::find(left.begin(), left.end(), trailer);
        require(same != left.end(), "no trailer that was not sent");
        left.erase(same);
        const auto& name = trailer.first;
        require(!is_among(kNeverTrailers, name), "no trailer that would deceive");
        require(!from.lists(name), "no trailer of one hop");
        require(!edited || (name != "x-set" && name != "x-secret"), "none of the operator's");
    }
    for (const auto& [name, value] : left) {
        require(name != "x-sum" || from.lists(name), "a trailer that is none of those goes on");
    }
}

void Checks::client_has_a_response() const {
    require(!came_.last.invalid, "the other reader takes what the client gets");
    if (came_.last.complete) {
        require(came_.size == ended_.at_client.size(), "one response, nothing behind it");
    }
    require(request_.minor_version > 0 || came_.interim.empty(), "no interim one for HTTP/1.0");
    const auto& progress = core_.progress();
    if (came_.is_final()) require(progress.response_started, "it is known that it has begun");
    if (verdict_ == Verdict::done || verdict_ == Verdict::tunnel) {
        require(came_.is_final() && came_.last.complete, "what is done is whole");
        require(came_.last.status == progress.status, "and its status is known");
        require(
            (came_.last.status == 101) == (verdict_ == Verdict::tunnel), "a switch is a tunnel"
        );
    }
    if (verdict_ == Verdict::answer || verdict_ == Verdict::again) {
        require(came_.size == ended_.at_client.size(), "an answer is not put behind a part");
        require(!came_.last.has_head, "or behind another one");
    }
}

void Checks::client_has_what_server_said() const {
    require(came_.interim.size() <= said_.interim.size(), "no interim response of the proxy's own");
    for (std::size_t i = 0; i < came_.interim.size(); ++i) {
        require(came_.interim[i].status == said_.interim[i].status, "each as the server's");
    }
    const bool over = verdict_ == Verdict::done || verdict_ == Verdict::tunnel;
    const std::size_t all = request_.minor_version == 0 ? 0 : said_.interim.size();
    require(!over || came_.interim.size() == all, "no interim one is lost");
    if (!came_.is_final()) return;
    require(said_.is_final() && said_.last.status == came_.last.status, "the server's status");
    require(said_.last.body.starts_with(came_.last.body), "with the server's content");
    require(request_.cut_shows || !came_.last.needs_end, "no end where a cut does not show");
    const bool whole = said_.last.complete && said_.last.body == came_.last.body;
    require(whole || !came_.last.complete, "no part passes for the whole");
    if (core_.progress().leniencies.empty()) response_fields();
    if (came_.last.chunked) trailers(said_.last, came_.last, false);
}

void Checks::response_fields() const {
    const Reading& said = said_.last;
    const Reading& came = came_.last;
    const auto is_rewritten = [this](std::string_view name) {
        const bool any = name == "location" || name == "refresh" || name == "set-cookie";
        return script_.rewrites_response && any && came_.last.status != 101;
    };
    for (const auto& [name, value] : came.fields) {
        if (is_among(kOursToClient, name)) continue;
        require(!said.lists(name), "no field of one hop");
        require(is_rewritten(name) || said.says(name, value), "no field that was not said");
    }
    for (const char* const name : {"location", "refresh", "set-cookie"}) {
        if (!is_rewritten(name) || said.lists(name)) continue;
        const std::vector<std::string> before = said.values(name);
        const std::vector<std::string> after = came.values(name);
        require(before.size() == after.size(), "as many of them as were said");
        for (std::size_t i = 0; i < before.size(); ++i) rewritten(name, before[i], after[i]);
    }
    const std::vector<std::string> told = came.values("countersign-identity");
    const bool is_told = told.size() == 1 && (told[0] == kIdentity || told[0] == "none");
    require(script_.tells_identity ? is_told : told.empty(), "the identity as the proxy knows it");
}

void Checks::rewritten(std::string_view name, std::string_view before, std::string_view after)
    const {
    if (before == after) return;
    if (name == "set-cookie") return cookie(before, after);
    std::string known{before};
    std::transform(known.begin(), known.end(), known.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    });
    const bool of_plain = known.find(kPlainHost) != std::string::npos;
    require(
        !of_plain || !script_.has_one_upstream || known.find("a.example") != std::string::npos,
        "who is not this server's is left alone"
    );
    require(of_plain || known.find("a.example") != std::string::npos, "or anybody else's");
    const std::string_view to = script_.has_one_upstream ? "http://front.example:8080" : "http://";
    require(after.find(to) != std::string_view::npos, "it leads the client to where it was");
    require(name != "location" || after.starts_with(to), "by http, and at once");
}

/// A cookie has less than before, of what says where it may go.
void Checks::cookie(std::string_view before, std::string_view after) const {
    const std::vector<std::string_view> had = parts_of(before);
    const std::vector<std::string_view> has = parts_of(after);
    require(had.front() == has.front(), "the cookie itself stays");
    auto at = had.begin();
    for (const std::string_view part : has) {
        at = std::find(at, had.end(), part);
        require(at != had.end(), "and gets nothing");
        ++at;
    }
}

void Checks::sent_again() const {
    const proxy::exchange::Attempt& attempt = ended_.attempt;
    require(attempt.reused && !attempt.bound && !attempt.repeated, "once, after a stale one");
    require(ended_.server_said.empty(), "not when there was an answer");
    require(asked_.complete && request_.repeatable, "a request that is here as a whole");
    require(ended_.in_buffer.starts_with(ended_.prepared), "as it was");
    require(script_.retry != profiles::RetryRule::never, "as the rule says");
    if (ended_.at_server.empty()) return;
    require(script_.retry == profiles::RetryRule::idempotent, "which says so of what was sent");
    static constexpr std::array<std::string_view, 6> kIdempotent{"GET",    "HEAD",    "PUT",
                                                                 "DELETE", "OPTIONS", "TRACE"};
    require(is_among(kIdempotent, ended_.method), "of methods that change nothing the second time");
}

void Checks::connections() const {
    // The server's is known to be clean before the client has all of it.
    if ((core_.server_keeps() || core_.server_closes()) && !is_careless_) {
        require(sent_.complete && said_.last.complete, "a server is clean after the whole");
        require(said_.size == ended_.server_said.size(), "and after nothing more");
        const bool wants = said_.last.keep_alive && !said_.last.needs_end;
        require(wants || !core_.server_keeps(), "it is kept where it wants to be");
        require(!ended_.server_ended || !core_.server_keeps(), "and is there");
    }
    if (core_.ending() != Ending::complete) return;
    const bool keeps = core_.progress().keep_client;
    require(keeps == came_.last.keep_alive, "a client is told what becomes of its connection");
    if (!keeps) return;
    require(!came_.last.needs_end && asked_.complete && request_.body.done(), "after the whole");
    // What stands behind the request is the next one.
    const std::size_t own = request_.repeatable ? request_.first_write : 0;
    const std::string_view next =
        ended_.in_buffer.empty() ? std::string_view{} : ended_.in_buffer.substr(own);
    require(ended_.client_said.substr(asked_.size) == next, "nothing of the next request is lost");
}

}  // namespace

const proxy::http::RequestEdits& operators_edits() {
    static const proxy::http::RequestEdits edits{
        {"x-set", "x-secret"}, certs::Secret{"X-Set: operator\r\n"}};
    return edits;
}

const proxy::http::ResponseRewrite& rewrite_of(const ExchangeScript& script) {
    static const proxy::http::ResponseRewrite of_one = make_rewrite(true);
    static const proxy::http::ResponseRewrite of_many = make_rewrite(false);
    return script.has_one_upstream ? of_one : of_many;
}

void check(const EndedAttempt& ended) { Checks{ended}.all(); }

}  // namespace countersign::fuzz
