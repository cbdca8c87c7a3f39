#include "profiles/yaml/password.hpp"

#include <string_view>
#include <vector>

#include "certs/text/phrase.hpp"
#include "profiles/yaml/map.hpp"

namespace countersign::profiles {
namespace {

constexpr std::string_view kExpected = "{ file: PATH }, { env: NAME } or { credential: NAME }";

std::optional<certs::PasswordSource> as_environment(const YamlField& field) {
    const auto& name = field.node().text;
    if (!name.empty() && name.find_first_of("= \t\r\n") == name.npos) {
        return certs::PasswordEnvironment{name};
    }
    field.problem("expected the name of an environment variable");
    return std::nullopt;
}

std::optional<certs::PasswordSource> as_credential(const YamlField& field) {
    const auto& name = field.node().text;
    const bool one_file = name != "." && name != ".." && name.find_first_of("/\r\n") == name.npos;
    if (!name.empty() && one_file) return certs::PasswordCredential{name};
    field.problem("expected the name of a systemd credential: a file's name, not a path");
    return std::nullopt;
}

}  // namespace

std::optional<certs::PasswordSource> as_secret_source(const YamlField& field, AsFile as_file) {
    YamlMap map{field, kExpected};
    map.keep_keys_secret();
    const auto file = map.find("file");
    const auto environment = map.find("env");
    const auto credential = map.find("credential");

    const bool is_map = field.node().kind == YamlNode::Kind::map;
    std::vector<std::string_view> sources;
    if (file) sources.push_back("'file'");
    if (environment) sources.push_back("'env'");
    if (credential) sources.push_back("'credential'");
    if (sources.size() > 1) {
        field.problem(
            "has " + certs::enumerated(sources, "and") + ", and takes one of them; keep one"
        );
    } else if (is_map && field.node().entries.size() != 1) {
        field.problem("expected one of " + std::string{kExpected});
    } else if (file) {
        if (auto path = as_file(*file)) return certs::PasswordFile{std::move(*path)};
    } else if (field.place().within != nullptr) {
        field.problem(
            "stands in console.directory, where nothing is taken from the environment or from "
            "systemd; save it as a file there that nobody else may read, and write { file: PATH }"
        );
    } else if (environment) {
        return as_environment(*environment);
    } else if (credential) {
        return as_credential(*credential);
    }
    return std::nullopt;
}

std::optional<certs::PasswordSource> as_password(const YamlField& field, AsFile as_file) {
    if (field.node().kind != YamlNode::Kind::scalar) return as_secret_source(field, as_file);
    field.report().warn(
        field.place(), field.path() +
                           ": the password itself stands in the configuration; keep it " +
                           "elsewhere and write " + std::string{kExpected}
    );
    return certs::Secret{field.node().text};
}

}  // namespace countersign::profiles
