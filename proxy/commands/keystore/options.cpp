#include "proxy/commands/keystore/options.hpp"

#include <array>
#include <utility>

namespace countersign::proxy::commands {
namespace {

using Verb = KeystoreVerb;

constexpr std::array kVerbs{
    std::pair{std::string_view{"generate"}, Verb::generate},
    std::pair{std::string_view{"request"}, Verb::request},
    std::pair{std::string_view{"import"}, Verb::import},
    std::pair{std::string_view{"list"}, Verb::list},
    std::pair{std::string_view{"export"}, Verb::export_},
    std::pair{std::string_view{"convert"}, Verb::convert},
    std::pair{std::string_view{"delete"}, Verb::remove},
    std::pair{std::string_view{"lint"}, Verb::lint},
    std::pair{std::string_view{"rename"}, Verb::rename},
    std::pair{std::string_view{"password"}, Verb::password},
    std::pair{std::string_view{"verify"}, Verb::verify},
};

}  // namespace

std::optional<KeystoreVerb> keystore_verb(std::string_view word) {
    for (const auto& [name, verb] : kVerbs) {
        if (name == word) return verb;
    }
    return std::nullopt;
}

std::string_view name_of(KeystoreVerb verb) {
    for (const auto& [name, each] : kVerbs) {
        if (each == verb) return name;
    }
    return "?";
}

}  // namespace countersign::proxy::commands
