#include "proxy/admin/record_draft_body.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <optional>
#include <utility>

#include "certs/printable.hpp"
#include "certs/text/base64.hpp"
#include "certs/text/phrase.hpp"
#include "certs/text/utf8.hpp"
#include "profiles/certificate_record.hpp"
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

/// Of C0 or C1; line ends and tabs too, but where they may be.
bool is_control(char32_t code, bool lines_may_be) {
    const bool is_line = code == '\t' || code == '\n' || code == '\r';
    return (code < 0x20 && !(is_line && lines_may_be)) || (code >= 0x7f && code < 0xa0);
}

/// Unicode's Bidi_Control: by them a text reads otherwise than it is.
bool turns_direction(char32_t code) {
    return code == 0x61c || code == 0x200e || code == 0x200f ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/// What a text has that may not be in it; empty: nothing.
std::string_view odd_character(std::string_view text, bool lines_may_be, bool may_turn) {
    while (!text.empty()) {
        const certs::Utf8Character one = certs::decode_utf8(text);
        if (one.length == 0) return "bytes that are not UTF-8";
        if (is_control(one.code, lines_may_be)) return "a control character";
        if (!may_turn && turns_direction(one.code))
            return "a character that turns the direction of writing";
        text.remove_prefix(one.length);
    }
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
    if (std::string wrong = text_problem(key, text); !wrong.empty()) return wrong;
    if (std::string* const into = text_of(draft, key)) {
        *into = text;
    } else if (auto* const secret = secret_of(draft, key)) {
        *secret = certs::Secret{std::string{text}};
    } else if (key == "alias") {
        if (!text.empty()) draft.alias = text;
    } else if (key == "content") {
        auto bytes = bytes_of_base64(text);
        if (!bytes) return "content is the container's bytes in base64, in one line.";
        draft.content = std::move(*bytes);
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

std::optional<certs::SecretBytes> bytes_of_base64(std::string_view base64) {
    certs::SecretBytes bytes(base64.size() / 4 * 3);
    const auto size = certs::decode_base64(base64, bytes);
    if (!size) return std::nullopt;
    bytes.resize(*size);
    return bytes;
}

std::string text_problem(std::string_view key, std::string_view text) {
    constexpr std::size_t kLongestName = 200;
    constexpr std::size_t kLongestDescription = 4096;
    const bool is_prose = key == "description";
    if (key != "name" && key != "alias" && !is_prose) return {};
    const std::size_t most = is_prose ? kLongestDescription : kLongestName;
    const std::string subject{key};
    if (text.size() > most)
        return subject + " is longer than " + std::to_string(most) + " bytes. Shorten it.";
    // An alias is as the container has it.
    const std::string_view odd = odd_character(text, is_prose, key == "alias");
    return odd.empty() ? std::string{} : subject + " has " + std::string{odd} + ". Take it out.";
}

certs::EditResult<RecordDraft> draft_in(std::string_view body) {
    const auto asked = object_in(body);
    if (!asked) return certs::EditError{"Send the record as a JSON object."};
    return draft_of(*asked);
}

certs::EditResult<RecordDraft> draft_of(const json::object& asked) {
    if (asked.contains("content") && asked.contains("pem")) {
        return certs::EditError{"Send content or pem, not both."};
    }
    RecordDraft draft;
    for (const auto& [key, value] : asked) {
        std::string wrong = take(draft, {key.data(), key.size()}, value);
        if (!wrong.empty()) return certs::EditError{std::move(wrong), std::string{key}};
    }
    if (!draft.type.empty() && draft.type != profiles::kTrustRecord &&
        std::ranges::none_of(certs::kKeyStoreFormats, [&](const auto& one) {
            return one.text == draft.type;
        })) {
        return certs::EditError{
            "type is java_key_store, pkcs12_key_store, pem_key_store or trust_store_cert; or say "
            "none.",
            "type"};
    }
    if (draft.content.empty()) {
        return certs::EditError{
            "Send the container: its bytes in base64 as content, or a text of PEM as pem."};
    }
    return draft;
}

}  // namespace countersign::proxy::admin
