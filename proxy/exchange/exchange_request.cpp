#include "proxy/exchange/exchange_request.hpp"

#include <algorithm>
#include <stdexcept>

namespace countersign::proxy::exchange {

namespace {

/// How many bytes behind `before` go on now.
std::size_t take_what_passes(net::Buffer& in, std::size_t before, ExchangeRequest& request) {
    const std::string_view here = in.view().substr(before);
    const BodyMeter::Taken taken = request.body.take_all_but_trailers(here);
    if (taken.passes == taken.size) return taken.size;
    std::string kept;
    if (taken.ends_in_trailers) {
        request.trailers.append(request.body.chunks().trailers(), kept);
        kept += "\r\n";
    }
    const std::size_t passes = taken.passes + kept.size();
    kept += here.substr(taken.size);  // the next request
    in.drop_back(here.size() - taken.passes);
    if (kept.size() > in.room()) throw std::logic_error{"trailers have no room"};
    kept.copy(in.tail(), kept.size());
    in.commit(kept.size());
    return passes;
}

}  // namespace

void read_request(
    const http::Head& head, std::size_t head_size, const RequestTerms& terms, net::Buffer& in,
    ExchangeRequest& request
) {
    request.method = head.method;
    request.minor_version = head.minor_version;
    request.client_keeps = head.keep_alive;
    request.expects_continue = head.expects_continue;
    request.cut_shows = terms.cut_shows;
    request.max_body = terms.max_body;
    if (!head.upgrade.empty()) request.upgrade = head.upgrade;
    request.body = BodyMeter{head.framing, head.content_length};
    if (head.framing == http::Framing::chunked) {
        request.trailers = http::TrailerRules{head, terms.edits};
    }
    request.head = head_size;
    request.first_write = head_size;
    take_body(in, head_size, request);
}

void take_body(net::Buffer& in, std::size_t before, ExchangeRequest& request) {
    request.first_write += take_what_passes(in, before, request);
    request.repeatable = request.body.done();
}

std::size_t room_for_body(const net::Buffer& in, const ExchangeRequest& request) {
    return in.room() - std::min(in.room(), request.body.chunks().trailer_bytes());
}

Ending body_problem(const ExchangeRequest& request) {
    const BodyMeter& body = request.body;
    if (body.invalid()) return Ending::request_malformed;
    const std::uint64_t least = body.content() + body.left();
    return exceeds(least, request.max_body) ? Ending::request_too_large : Ending::under_way;
}

bool replace_head(
    net::Buffer& in, std::size_t head_size, std::string_view text, ExchangeRequest& request
) {
    in.consume(head_size);
    if (!in.prepend(text)) return false;
    request.first_write += text.size() - head_size;
    request.head = text.size();
    std::string_view line = in.view().substr(0, in.view().find('\r'));
    if (!request.repeatable || !request.upgrade.empty()) line = request.kept = line;
    request.method = line.substr(0, request.method.size());
    const std::size_t path = request.method.size() + 1;
    request.path = line.substr(path, line.rfind(' ') - path);
    return true;
}

}  // namespace countersign::proxy::exchange
