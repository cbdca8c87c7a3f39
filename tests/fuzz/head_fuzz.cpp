#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "proxy/http/head_reader.hpp"
#include "proxy/http/message_head.hpp"
#include "proxy/http/request_target.hpp"
#include "tests/fuzz/memory_bound.hpp"
#include "tests/fuzz/require.hpp"

// The first octet says where the head is cut in two; the rest is read as a request and as a
// response.

namespace countersign::proxy {
namespace {

using fuzz::require;

constexpr std::size_t kMaxFields = 64;
constexpr std::size_t kRoomForOurs = 8;  // fields that a rewritten head may have more

template <typename Parse>
http::HeadResult parse_as_whole_and_cut(std::string_view bytes, std::size_t cut, Parse parse) {
    http::Head head;
    const http::HeadResult first = parse(bytes.substr(0, cut), 0, head);
    const http::HeadResult second =
        first.state == http::HeadResult::State::incomplete ? parse(bytes, cut, head) : first;
    const http::HeadResult whole = parse(bytes, 0, head);
    require(second.state == whole.state, "a cut head is judged as the whole");
    require(second.size == whole.size && second.error == whole.error, "with the same result");
    return whole;
}

void check_lines(std::string_view bytes, const http::HeadResult& result, const http::Head& head) {
    require(result.size <= bytes.size(), "a head is no longer than its bytes");
    require(bytes.substr(0, result.size).ends_with("\r\n\r\n"), "a head ends with its empty line");
    std::size_t size = head.start_line.size() + 2;
    const char* at = head.start_line.data() + head.start_line.size();
    for (const http::Field& field : head.fields) {
        require(field.line.data() == at, "lines stand one behind the other");
        require(!field.name.empty(), "every field has a name");
        at += field.line.size();
        size += field.line.size();
    }
    require(size == result.size, "lines are the whole head");
}

void check_request(std::string_view bytes, std::size_t cut) {
    const auto parse = [](std::string_view some, std::size_t scanned, http::Head& head) {
        return http::parse_request_head(some, scanned, kMaxFields, head);
    };
    if (parse_as_whole_and_cut(bytes, cut, parse).state != http::HeadResult::State::complete)
        return;
    http::Head head;
    check_lines(bytes, parse(bytes, 0, head), head);

    http::Destination to;
    if (http::parse_destination(head, to) != http::TargetError::none) return;
    require(!to.host.empty() && !to.path.empty(), "a destination has host and path");
    const profiles::AuthorityText authority = profiles::authority_text(to.host, to.port, 443);
    std::string out;
    http::write_request_head(head, to.path, authority, out);

    http::Head again;
    const auto result = http::parse_request_head(out, 0, kMaxFields + kRoomForOurs, again);
    require(result.state == http::HeadResult::State::complete, "what we send we would take");
    require(result.size == out.size(), "and it is one head");
    require(again.method == head.method && again.framing == head.framing, "of the same framing");
    require(again.content_length == head.content_length, "and length");
    require(again.host == authority && again.keep_alive, "to the destination, to be kept");
    require(again.upgrade == head.upgrade, "asking for the same other protocols");
    require(
        again.connection_options.size() == (head.upgrade.empty() && !head.takes_trailers ? 0U : 1U),
        "with the option that this needs, and no other"
    );
    http::Destination same;
    require(http::parse_destination(again, same) == http::TargetError::none, "and leads somewhere");
    require(same.host == to.host, "to the same host");
}

void check_response(std::string_view bytes, std::size_t cut, bool to_head_request) {
    const auto parse = [=](std::string_view some, std::size_t scanned, http::Head& head) {
        return http::parse_response_head(some, scanned, kMaxFields, to_head_request, head);
    };
    if (parse_as_whole_and_cut(bytes, cut, parse).state != http::HeadResult::State::complete)
        return;
    http::Head head;
    check_lines(bytes, parse(bytes, 0, head), head);

    for (const std::uint8_t client_minor_version : {std::uint8_t{0}, std::uint8_t{1}}) {
        const http::ResponseFraming framing = http::response_framing(head, client_minor_version);
        std::string out;
        http::write_response_head(head, framing, client_minor_version, false, out);

        http::Head again;
        const auto result =
            http::parse_response_head(out, 0, kMaxFields + kRoomForOurs, to_head_request, again);
        require(result.state == http::HeadResult::State::complete, "what we answer we would take");
        require(result.size == out.size() && again.status == head.status, "and it is one head");
        const http::Framing expected = framing == http::ResponseFraming::as_is ? head.framing
                                       : framing == http::ResponseFraming::chunked
                                           ? http::Framing::chunked
                                           : http::Framing::until_close;
        require(again.framing == expected, "of the framing that was decided");
        require(again.status < 200 || !again.keep_alive, "and it says that it is the last");
    }
}

}  // namespace
}  // namespace countersign::proxy

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const countersign::fuzz::MemoryBound bound{size};
    // An allocation of the very size lets the sanitizer see a read past the end.
    const std::size_t length = size - 1;
    const std::unique_ptr<char[]> own(new char[length]);
    std::copy_n(data + 1, length, own.get());
    const std::string_view bytes(own.get(), length);
    const std::size_t cut = length == 0 ? 0 : data[0] % (length + 1);

    countersign::proxy::check_request(bytes, cut);
    countersign::proxy::check_response(bytes, cut, data[0] % 2 == 0);
    return 0;
}
