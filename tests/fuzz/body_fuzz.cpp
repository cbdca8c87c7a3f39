// What the calls of the API are asked with, beside records and profiles (record_fuzz,
// profile_fuzz): a new key pair, an authority's reply, a question to explain or to probe, and one
// for exchanges and events. What is taken is within the limits, and what is wrong is a sentence.

#include <cstdint>
#include <string>
#include <string_view>

#include "certs/printable.hpp"
#include "proxy/admin/exchange_question.hpp"
#include "proxy/admin/question_body.hpp"
#include "proxy/admin/request_body.hpp"
#include "tests/fuzz/require.hpp"

namespace {

namespace admin = countersign::proxy::admin;
namespace certs = countersign::certs;
using countersign::fuzz::require;

/// Whether something was taken.
template <class Read>
bool taken(const Read& read) {
    if (read) return true;
    const std::string& sentence = read.error().sentence;
    require(sentence.ends_with('.'), "what is wrong is a sentence");
    require(certs::printable(sentence) == sentence, "and one to be read");
    return false;
}

void check_key_pair(std::string_view body) {
    const auto wish = admin::key_pair_wish_in(body);
    if (!taken(wish)) return;
    require(wish->name.size() <= 200, "no name is long");
    require(wish->subject.size() <= 1024, "no subject is long");
    require(wish->names.size() <= 100, "there are not many names");
    for (const std::string& name : wish->names) require(name.size() <= 1024, "none is long");
}

void check_reply(std::string_view body) {
    const auto reply = admin::reply_in(body);
    if (!taken(reply)) return;
    require(!reply->files.empty() && reply->files.size() <= 20, "one to twenty files");
    std::size_t bytes = 0;
    for (const auto& file : reply->files) {
        require(file.name.size() <= 1024, "none has a long name");
        bytes += file.content.size();
    }
    require(bytes <= body.size(), "and no more than was sent");
}

void check_questions(std::string_view body) {
    const auto asked = admin::imagined_request_in(body);
    if (taken(asked)) {
        require(!asked->url.empty() && !asked->method.empty(), "there is something to ask for");
        require(asked->clients.size() <= 1, "by one client");
        require(admin::probe_in(body).has_value(), "what can be explained can be probed");
    }
    const auto probe = admin::probe_in(body);
    if (!taken(probe)) return;
    require(!probe->question.asked.url.empty(), "there is a server to ask");
    require(!probe->draft || !probe->draft->content.empty(), "a draft has its container");
}

void check_query(std::string_view query) {
    const auto exchanges = admin::exchange_question(query);
    if (taken(exchanges)) {
        require(exchanges->limit > 0 && exchanges->limit <= 1000, "one to a thousand");
        require(exchanges->status.size() <= 4, "a status is short");
    }
    const auto events = admin::event_question(query);
    if (taken(events)) require(events->has_after || events->after == 0, "a number is one");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    check_key_pair(input);
    check_reply(input);
    check_questions(input);
    check_query(input);
    return 0;
}
