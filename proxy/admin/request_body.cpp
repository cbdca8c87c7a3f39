#include "proxy/admin/request_body.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <optional>
#include <string>
#include <utility>

#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/admin/certificate_facts.hpp"
#include "proxy/admin/json_body.hpp"
#include "proxy/admin/json_document.hpp"
#include "proxy/admin/record_draft_body.hpp"

namespace countersign::proxy::admin {

namespace {

namespace json = boost::json;
using certs::EditError;
using certs::EditResult;

/// More than any authority sends, and than any certificate names.
constexpr std::size_t kMostFiles = 20;
constexpr std::size_t kMostNames = 100;
constexpr std::size_t kLongestText = 1024;

/// A key of the object that is none of these; empty: there is none.
std::string strange_key(const json::object& object, std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : object) {
        const std::string_view one{key.data(), key.size()};
        if (std::ranges::find(known, one) == known.end())
            return certs::in_quotes(certs::printable(one));
    }
    return {};
}

/// Null: it is no text, or a long one.
const json::string* short_text_in(const json::object& object, std::string_view key) {
    const json::string* const text = text_in(object, key);
    return text != nullptr && text->size() <= kLongestText ? text : nullptr;
}

std::optional<std::vector<std::string>> names_in(const json::object& object) {
    const json::value* const given = object.if_contains("names");
    if (given == nullptr || given->is_null()) return std::vector<std::string>{};
    if (!given->is_array() || given->get_array().size() > kMostNames) return std::nullopt;
    std::vector<std::string> names;
    for (const json::value& one : given->get_array()) {
        if (!one.is_string() || one.get_string().size() > kLongestText) return std::nullopt;
        names.emplace_back(one.get_string());
    }
    return names;
}

EditResult<records::ReplyFile> reply_file_in(const json::value& value) {
    const EditError wrong{
        "A file of a reply is an object with file_name, and with content, its bytes in base64, or "
        "pem, a text."};
    if (!value.is_object()) return wrong;
    const json::object& object = value.get_object();
    const json::string* const name = short_text_in(object, "file_name");
    const json::string* const content = text_in(object, "content");
    const json::string* const pem = text_in(object, "pem");
    const bool known = strange_key(object, {"file_name", "content", "pem"}).empty();
    if (!known || name == nullptr || content == nullptr || pem == nullptr) return wrong;
    if (content->empty() == pem->empty()) return wrong;
    records::ReplyFile file{.name = std::string{*name}, .content = {}};
    if (!pem->empty()) {
        file.content.assign(pem->begin(), pem->end());
        return file;
    }
    auto bytes = bytes_of_base64({content->data(), content->size()});
    if (!bytes) return wrong;
    file.content = std::move(*bytes);
    return file;
}

}  // namespace

EditResult<records::KeyPairWish> key_pair_wish_in(std::string_view body) {
    const auto asked = object_in(body);
    if (!asked) return EditError{"Send what the key pair is to be as a JSON object."};
    const std::string strange =
        strange_key(*asked, {"name", "description", "key", "subject", "names"});
    if (!strange.empty()) {
        return EditError{
            strange +
            " is nothing that a key pair has; there are name, description, key, subject and "
            "names."};
    }
    records::KeyPairWish wish;
    for (const auto& [key, into] :
         {std::pair{"name", &wish.name}, std::pair{"description", &wish.description},
          std::pair{"key", &wish.key}, std::pair{"subject", &wish.subject}}) {
        const json::string* const text = text_in(*asked, key);
        if (text == nullptr) return EditError{certs::in_quotes(key) + " is a text.", key};
        if (!text->empty()) *into = std::string{*text};
        if (std::string wrong = text_problem(key, *into); !wrong.empty())
            return EditError{std::move(wrong), key};
    }
    if (wish.subject.size() > kLongestText) {
        return EditError{"The subject is longer than any certificate's. Shorten it.", "subject"};
    }
    auto names = names_in(*asked);
    if (!names)
        return EditError{"names is a list of texts, such as [\"DNS:api.example\"].", "names"};
    wish.names = std::move(*names);
    return wish;
}

EditResult<ReplyBody> reply_in(std::string_view body) {
    const auto asked = object_in(body);
    const json::value* const files = asked ? asked->if_contains("files") : nullptr;
    if (files == nullptr || !files->is_array() || files->get_array().empty() ||
        files->get_array().size() > kMostFiles) {
        return EditError{
            "Send what the authority sent back as a JSON object: {\"files\": [...]}, one to twenty "
            "of them."};
    }
    if (const std::string strange = strange_key(*asked, {"files", "incomplete"}); !strange.empty())
        return EditError{strange + " is nothing that a reply has; there are files and incomplete."};
    ReplyBody reply;
    if (const json::value* const incomplete = asked->if_contains("incomplete")) {
        if (!incomplete->is_bool()) return EditError{"incomplete is true or false."};
        if (incomplete->get_bool()) reply.completeness = certs::Completeness::not_needed;
    }
    for (const json::value& one : files->get_array()) {
        auto file = reply_file_in(one);
        if (!file) return file.error();
        reply.files.push_back(std::move(*file));
    }
    return reply;
}

json::object request_document(
    const records::CertificateRequest& request, std::chrono::system_clock::time_point now
) {
    json::array certificates;
    for (const certs::X509Handle& one : request.certificates)
        certificates.emplace_back(certificate_facts(one.get(), now));
    return {
        {"pem", json_text(request.pem)},         {"key", json_text(request.key)},
        {"subject", json_text(request.subject)}, {"names", json_list(request.names)},
        {"awaits_reply", request.awaits_reply},  {"certificates", std::move(certificates)},
    };
}

}  // namespace countersign::proxy::admin
