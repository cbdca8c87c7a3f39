#include "proxy/exchange/body_recoder.hpp"

#include <array>
#include <charconv>

namespace countersign::proxy::exchange {

namespace {

void append_chunk(std::string& out, std::string_view data) {
    if (data.empty()) return;
    std::array<char, 16> size;
    const auto end = std::to_chars(size.data(), size.data() + size.size(), data.size(), 16).ptr;
    out.append(size.data(), end);
    out += "\r\n";
    out += data;
    out += "\r\n";
}

}  // namespace

std::size_t BodyRecoder::take(std::string_view bytes, BodyMeter& body, std::string& out) {
    const std::size_t belongs = body.take(bytes);
    std::string_view rest = bytes.substr(0, belongs);
    while (!rest.empty()) {
        std::string_view data = rest;
        std::size_t size = rest.size();
        if (body.framing() == http::Framing::chunked) {
            const http::ChunkedScanner::Step step = unchunk_.step(rest);
            data = step.data;
            size = step.size;
        }
        if (to_ == http::ResponseFraming::chunked) {
            append_chunk(out, data);
        } else {
            out += data;
        }
        rest.remove_prefix(size);
    }
    return belongs;
}

void BodyRecoder::append_end(std::string& out, std::string_view trailers) const {
    if (to_ != http::ResponseFraming::chunked) return;
    out += "0\r\n";
    out += trailers;
    out += "\r\n";
}

}  // namespace countersign::proxy::exchange
