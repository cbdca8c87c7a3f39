#include "proxy/commands/status_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <string_view>

namespace countersign::proxy::commands {

namespace {

namespace json = boost::json;

/// Empty where it is not there: another version may have been asked.
std::string text_at(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains({name.data(), name.size()});
    if (value == nullptr) return "";
    if (const json::string* text = value->if_string()) return {text->data(), text->size()};
    return json::serialize(*value);
}

const json::object& object_at(const json::object& object, std::string_view name) {
    static const json::object kNone;
    const json::value* const value = object.if_contains({name.data(), name.size()});
    return value != nullptr && value->is_object() ? value->get_object() : kNone;
}

template <class Each>
void for_each_in(const json::object& object, std::string_view name, Each each) {
    const json::value* const value = object.if_contains({name.data(), name.size()});
    if (value == nullptr || !value->is_array()) return;
    for (const json::value& one : value->get_array()) each(one);
}

void add_sentences(
    std::vector<std::string>& lines, const json::object& object, std::string_view name,
    std::string_view before
) {
    for_each_in(object, name, [&](const json::value& one) {
        if (const json::string* text = one.if_string()) {
            lines.push_back(std::string{before} + std::string{text->data(), text->size()});
        }
    });
}

void add_reload(std::vector<std::string>& lines, const json::object& status) {
    const json::object& last = object_at(status, "last_reload");
    lines.push_back(
        "generation " + text_at(status, "generation") + ", loaded " + text_at(status, "loaded") +
        " from " + text_at(status, "configuration")
    );
    if (text_at(last, "successful") == "false") {
        lines.push_back(std::string{"the last reload was refused:"});
        add_sentences(lines, last, "problems", "  ");
    }
    if (const std::string former = text_at(status, "former_generations"); former != "0") {
        lines.push_back("earlier generations that something still ends with: " + former);
    }
}

}  // namespace

std::vector<std::string> status_text(const json::object& status) {
    std::vector<std::string> lines{
        "countersign " + text_at(status, "version") + " (OpenSSL " + text_at(status, "openssl") +
        "), started " + text_at(status, "started")};
    lines.emplace_back(text_at(status, "ready") == "true" ? "ready" : "not ready:");
    add_sentences(lines, status, "not_ready_because", "  ");
    add_reload(lines, status);
    for_each_in(status, "listeners", [&](const json::value& one) {
        const json::object& listener = one.as_object();
        lines.push_back(
            "listener " + text_at(listener, "name") + ": " + text_at(listener, "address")
        );
    });
    const json::object& connections = object_at(status, "connections");
    lines.push_back(
        "clients: " + text_at(connections, "clients") +
        ", exchanges under way: " + text_at(connections, "exchanges_in_progress") +
        "; upstream connections: " + text_at(connections, "upstream_active") + " in use, " +
        text_at(connections, "upstream_idle") + " idle"
    );
    for_each_in(status, "profiles", [&](const json::value& one) {
        const json::object& profile = one.as_object();
        lines.push_back(
            "profile " + text_at(profile, "profile") + ": " + text_at(profile, "identity") +
            ", expires " + text_at(profile, "expires") + "; trusts " + text_at(profile, "trust")
        );
    });
    add_sentences(lines, status, "warnings", "warning: ");
    return lines;
}

}  // namespace countersign::proxy::commands
