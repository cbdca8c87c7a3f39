#include "certs/make/distinguished_name.hpp"

#include <openssl/objects.h>

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "certs/printable.hpp"
#include "certs/text/ascii.hpp"

namespace countersign::certs {
namespace {

/// What a reader writes in front of a subject.
std::string_view option_of(Audience audience) {
    return audience == Audience::form ? "" : "--subject ";
}

struct Attribute {
    std::string type;
    std::string value;
    bool joined = false;  ///< by "+", to the attribute before it
};

EditError wrong_subject(const std::string& what, Audience audience) {
    return {
        what + " A subject looks like: " + std::string{option_of(audience)} +
        "\"CN=acme-client, O=Acme, C=DE\"."};
}

/// Takes the text apart at commas and plus signs that are neither escaped nor quoted.
class Splitter {
public:
    Splitter(std::string_view text, Audience audience) : rest_{text}, audience_{audience} {}

    EditResult<std::vector<Attribute>> split() {
        std::vector<Attribute> attributes;
        bool joined = false;
        while (true) {
            skip_spaces();
            Attribute attribute{.type = take_type(), .value = {}, .joined = joined};
            if (attribute.type.empty()) return nameless(attributes.empty());
            if (!take_value(attribute.value)) {
                return wrong_subject(
                    "the subject ends inside a quotation or an escape.", audience_
                );
            }
            if (attribute.value.empty())
                return wrong_subject(printable(attribute.type) + " is empty.", audience_);
            attributes.push_back(std::move(attribute));
            if (rest_.empty()) return attributes;
            joined = rest_.front() == '+';
            rest_.remove_prefix(1);
        }
    }

private:
    EditError nameless(bool whole) const {
        const std::string said = "'" + printable(rest_) + "'";
        const bool is_plain = rest_.find_first_not_of(' ') != rest_.npos &&
                              rest_.find_first_of("=,+;\"\\`$!") == rest_.npos &&
                              printable(rest_) == rest_;
        if (!whole || !is_plain) {
            return wrong_subject(
                said + " is not NAME=VALUE, of which a subject is made.", audience_
            );
        }
        const std::string name = std::string{option_of(audience_)} + "\"CN=" + std::string{rest_};
        return {
            said + " is no subject: each part of it has a name, such as CN. Write " + name +
            "\", or with more parts: " + name + ", O=Acme, C=DE\"."};
    }

    void skip_spaces() {
        while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
    }

    // Empty where no "=" comes before the next comma.
    std::string take_type() {
        const std::size_t end = rest_.find_first_of("=,+");
        if (end == rest_.npos || rest_[end] != '=') return {};
        std::string type{rest_.substr(0, end)};
        rest_.remove_prefix(end + 1);
        while (type.ends_with(' ')) type.pop_back();
        return type;
    }

    bool take_value(std::string& value) {
        skip_spaces();
        bool quoted = false;
        std::size_t kept = 0;  // spaces at the end count only where they are escaped or quoted
        while (!rest_.empty()) {
            const char c = rest_.front();
            if (!quoted && (c == ',' || c == '+' || c == ';')) break;
            rest_.remove_prefix(1);
            if (c == '"') {
                quoted = !quoted;
                kept = value.size();
            } else if (c == '\\') {
                if (!take_escaped(value)) return false;
                kept = value.size();
            } else {
                value += c;
                if (c != ' ' || quoted) kept = value.size();
            }
        }
        value.resize(kept);
        return !quoted;
    }

    bool take_escaped(std::string& value) {
        if (rest_.empty()) return false;
        if (rest_.size() >= 2 && hex_value(rest_[0]) >= 0 && hex_value(rest_[1]) >= 0) {
            value += static_cast<char>(hex_value(rest_[0]) * 16 + hex_value(rest_[1]));
            rest_.remove_prefix(2);
            return true;
        }
        value += rest_.front();
        rest_.remove_prefix(1);
        return true;
    }

    std::string_view rest_;
    Audience audience_;
};

// OpenSSL wants the letters' case exact; keytool and people do not.
ObjectHandle object_of(const std::string& type) {
    constexpr std::array kAliases{
        std::pair{"S", "ST"},
        std::pair{"E", "emailAddress"},
        std::pair{"EMAIL", "emailAddress"},
        std::pair{"EMAILADDRESS", "emailAddress"},
        std::pair{"SERIALNUMBER", "serialNumber"},
        std::pair{"GIVENNAME", "GN"},
        std::pair{"SURNAME", "SN"},
        std::pair{"T", "title"},
        std::pair{"TITLE", "title"},
    };
    const std::string name = in_upper_case(type);
    for (const auto& [alias, proper] : kAliases) {
        if (name == alias) return ObjectHandle{OBJ_txt2obj(proper, 0)};
    }
    ObjectHandle object{OBJ_txt2obj(name.c_str(), 0)};
    if (!object) object.reset(OBJ_txt2obj(type.c_str(), 0));
    drain_openssl_errors();
    return object;
}

}  // namespace

EditResult<NameHandle> parse_distinguished_name(std::string_view text, Audience audience) {
    const EditResult<std::vector<Attribute>> attributes = Splitter{text, audience}.split();
    if (!attributes) return attributes.error();
    NameHandle name{X509_NAME_new()};
    // What is written first stands last in the certificate.
    std::size_t end = attributes->size();
    while (end > 0) {
        std::size_t begin = end - 1;
        while ((*attributes)[begin].joined && begin > 0) --begin;
        for (std::size_t i = begin; i < end; ++i) {
            const Attribute& attribute = (*attributes)[i];
            const ObjectHandle object = object_of(attribute.type);
            if (!object) {
                return wrong_subject("'" + printable(attribute.type) + "' is not known.", audience);
            }
            if (X509_NAME_add_entry_by_OBJ(
                    name.get(), object.get(), MBSTRING_UTF8,
                    reinterpret_cast<const unsigned char*>(attribute.value.data()),
                    static_cast<int>(attribute.value.size()), -1, i == begin ? 0 : -1
                ) != 1) {
                return wrong_subject(
                    printable(attribute.type) + "=" + printable(attribute.value) +
                        " cannot be part of a subject: " + drain_openssl_errors() + ".",
                    audience
                );
            }
        }
        end = begin;
    }
    return name;
}

EditResult<NameHandle> subject_name_of(const X509* certificate) {
    NameHandle name{X509_NAME_dup(X509_get_subject_name(certificate))};
    if (!name) return openssl_error("the certificate's subject cannot be copied");
    return name;
}

}  // namespace countersign::certs
