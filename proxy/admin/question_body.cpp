#include "proxy/admin/question_body.hpp"

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <utility>

#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/admin/json_body.hpp"
#include "proxy/admin/record_draft_body.hpp"

namespace countersign::proxy::admin {

namespace {

namespace json = boost::json;
using certs::EditError;
using certs::EditResult;

EditResult<explain::ImaginedRequest> imagined_request_of(const json::object& asked) {
    for (const auto& [key, value] : asked) {
        if (key == "url" || key == "method" || key == "client" || key == "listener") continue;
        return EditError{
            certs::in_quotes(certs::printable({key.data(), key.size()})) +
            " is nothing that can be asked; there are url, method, client and listener."};
    }
    explain::ImaginedRequest request;
    request.mark = {};
    for (const auto& [key, into] :
         {std::pair{"url", &request.url}, std::pair{"method", &request.method},
          std::pair{"listener", &request.listener}}) {
        const json::string* const text = text_in(asked, key);
        if (text == nullptr) return EditError{std::string{key} + " is a text.", key};
        if (!text->empty()) *into = std::string{text->data(), text->size()};
    }
    const json::string* const client = text_in(asked, "client");
    if (client == nullptr) return EditError{"client is a text.", "client"};
    if (!client->empty()) request.clients.emplace_back(client->data(), client->size());
    if (request.url.empty()) return EditError{"Say the url that a client would ask for.", "url"};
    return request;
}

EditResult<json::object> question_in(std::string_view body) {
    auto asked = object_in(body);
    if (asked) return std::move(*asked);
    return EditError{"Send the question as a JSON object: {\"url\": \"http://...\"}."};
}

}  // namespace

EditResult<explain::ImaginedRequest> imagined_request_in(std::string_view body) {
    const auto asked = question_in(body);
    if (!asked) return asked.error();
    return imagined_request_of(*asked);
}

EditResult<ProbeBody> probe_in(std::string_view body) {
    auto asked = question_in(body);
    if (!asked) return asked.error();
    ProbeBody given;
    if (const json::value* const asks = asked->if_contains("asks")) {
        if (!asks->is_bool()) return EditError{"asks is true or false.", "asks"};
        given.question.asks = asks->get_bool();
        asked->erase("asks");
    }
    if (const json::value* const draft = asked->if_contains("draft")) {
        if (!draft->is_object())
            return EditError{"draft is an object, as for a new record.", "draft"};
        auto read = draft_of(draft->get_object());
        if (!read) return certs::about("draft", read.error());
        given.draft = std::make_shared<const records::RecordDraft>(std::move(*read));
        asked->erase("draft");
    }
    const json::string* const method = text_in(*asked, "method");
    if (method != nullptr) given.question.method = std::string{*method};
    auto request = imagined_request_of(*asked);
    if (!request) return request.error();
    given.question.asked = std::move(*request);
    return given;
}

}  // namespace countersign::proxy::admin
