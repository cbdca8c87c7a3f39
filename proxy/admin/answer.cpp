#include "proxy/admin/answer.hpp"

#include <boost/beast/http/status.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "certs/printable.hpp"
#include "proxy/admin/json_document.hpp"

namespace countersign::proxy::admin {

Answer plain(unsigned status, std::string text) {
    Answer answer;
    answer.status = status;
    answer.body = std::move(text);
    answer.body += '\n';
    return answer;
}

Answer document(const boost::json::object& object) {
    Answer answer;
    answer.body = boost::json::serialize(object) + "\n";
    answer.type = "application/json";
    return answer;
}

Answer problem(unsigned status, std::string_view detail, std::string_view field) {
    const auto title =
        boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
    boost::json::object object{
        {"title", json_text({title.data(), title.size()})},
        {"status", status},
        {"detail", json_text(detail)},
    };
    if (!field.empty()) object["field"] = json_text(field);
    Answer answer = document(object);
    answer.status = status;
    answer.type = "application/problem+json";
    return answer;
}

Answer problem(unsigned status, const certs::EditError& error) {
    return problem(status, error.sentence, error.field);
}

std::string lines_of(const std::vector<std::string>& sentences) {
    std::string text;
    for (const std::string& one : sentences) {
        if (!text.empty()) text += '\n';
        text += one;
    }
    return text;
}

bool is_asked_with(const Call& call, std::string_view method) {
    return call.method == method || (method == "GET" && call.method == "HEAD");
}

Answer wrong_method(const Call& call, std::string allowed) {
    Answer answer = plain(
        405, certs::printable(call.path()) + " is asked with " + allowed + ", not " +
                 certs::printable(call.method) + "."
    );
    answer.allow = std::move(allowed);
    return answer;
}

}  // namespace countersign::proxy::admin
