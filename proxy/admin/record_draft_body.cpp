#include "proxy/admin/record_draft_body.hpp"

#include <boost/json/object.hpp>
#include <optional>
#include <utility>

#include "certs/printable.hpp"
#include "certs/text/base64.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/admin/json_body.hpp"

namespace countersign::proxy::admin {

namespace {

namespace json = boost::json;
using records::RecordDraft;

/// Where the value of a key goes; null: it is not one of the keys with a text.
std::string* text_of(RecordDraft& draft, std::string_view key) {
    if (key == "name") return &draft.name;
    if (key == "type") return &draft.type;
    if (key == "description") return &draft.description;
    return key == "file_name" ? &draft.file_name : nullptr;
}

std::optional<certs::Secret>* secret_of(RecordDraft& draft, std::string_view key) {
    if (key == "password") return &draft.password;
    return key == "key_password" ? &draft.key_password : nullptr;
}

/// What is wrong; empty: nothing.
std::string take_content(RecordDraft& draft, std::string_view base64) {
    draft.content.resize(base64.size() / 4 * 3);
    const auto size = certs::decode_base64(base64, draft.content);
    if (!size) return "content is the container's bytes in base64, in one line.";
    draft.content.resize(*size);
    return {};
}

std::string take(RecordDraft& draft, std::string_view key, const json::value& value) {
    if (key == "active") {
        if (!value.is_bool()) return "active is true or false.";
        draft.active = value.get_bool();
        return {};
    }
    if (value.is_null()) return {};
    if (!value.is_string()) return certs::in_quotes(certs::printable(key)) + " is a text.";
    const std::string_view text{value.get_string().data(), value.get_string().size()};
    if (std::string* const into = text_of(draft, key)) {
        *into = text;
    } else if (auto* const secret = secret_of(draft, key)) {
        *secret = certs::Secret{std::string{text}};
    } else if (key == "alias") {
        if (!text.empty()) draft.alias = text;
    } else if (key == "content") {
        return take_content(draft, text);
    } else if (key == "pem") {
        draft.content.assign(text.begin(), text.end());
    } else {
        return certs::in_quotes(certs::printable(key)) +
               " is nothing that a record has; there are name, type, active, description, "
               "file_name, content or pem, password, key_password and alias.";
    }
    return {};
}

}  // namespace

certs::EditResult<RecordDraft> draft_in(std::string_view body) {
    const auto asked = object_in(body);
    if (!asked) return certs::EditError{"Send the record as a JSON object."};
    if (asked->contains("content") && asked->contains("pem")) {
        return certs::EditError{"Send content or pem, not both."};
    }
    RecordDraft draft;
    for (const auto& [key, value] : *asked) {
        std::string wrong = take(draft, {key.data(), key.size()}, value);
        if (!wrong.empty()) return certs::EditError{std::move(wrong)};
    }
    if (draft.content.empty()) {
        return certs::EditError{
            "Send the container: its bytes in base64 as content, or a text of PEM as pem."};
    }
    return draft;
}

}  // namespace countersign::proxy::admin
