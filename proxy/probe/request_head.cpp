#include "proxy/probe/request_head.hpp"

#include "proxy/http/head_reader.hpp"
#include "proxy/http/message_head.hpp"

namespace countersign::proxy::probe {

std::string request_head(
    std::string_view method, std::string_view path, std::string_view authority,
    const http::RequestEdits& edits
) {
    constexpr std::size_t kFields = 8;
    std::string sent{method};
    sent += ' ';
    sent += path;
    sent += " HTTP/1.1\r\nHost: ";
    sent += authority;
    sent += "\r\nUser-Agent: countersign-probe\r\nAccept: */*\r\n\r\n";
    http::Head head;
    const http::HeadResult read = http::parse_request_head(sent, 0, kFields, head);
    if (read.state != http::HeadResult::State::complete || read.size != sent.size()) return {};
    std::string out;
    http::write_request_head(head, path, authority, out, edits.empty() ? nullptr : &edits);
    return out;
}

}  // namespace countersign::proxy::probe
