#include "tests/messages/mistake.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <stdexcept>

namespace countersign::tests {

namespace {

std::string test_name(const std::string& mistake) {
    std::string name;
    for (const char c : mistake) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (plain) {
            name += c;
        } else if (!name.empty() && name.back() != '_') {
            name += '_';
        }
    }
    return name;
}

std::string text_of(const YAML::Node& row, const char* key) {
    return row[key] ? row[key].as<std::string>() : std::string{};
}

Mistake read_row(const YAML::Node& row, const std::string& table) {
    Mistake mistake;
    mistake.table = table;
    mistake.name = test_name(row["mistake"].as<std::string>());
    mistake.configuration = text_of(row, "configuration");
    mistake.request = text_of(row, "request");
    mistake.server = text_of(row, "server");
    mistake.says = text_of(row, "says");
    mistake.exposed = text_of(row, "exposed");
    if (row["before"]) mistake.before = row["before"].as<std::vector<std::string>>();
    for (const auto& file : row["files"]) {
        mistake.files[file.first.as<std::string>()] = file.second.as<std::string>();
    }
    if (row["command"]) {
        mistake.command = row["command"].as<std::vector<std::string>>();
    } else if (mistake.request.empty() && mistake.server.empty()) {
        mistake.command = {"check"};
    }
    if (text_of(row, "enough").empty()) {
        throw std::runtime_error{table + ": " + mistake.name + " does not say why it is enough"};
    }
    return mistake;
}

}  // namespace

std::vector<Mistake> read_mistakes() {
    std::vector<std::filesystem::path> tables;
    for (const auto& entry : std::filesystem::directory_iterator{MESSAGES_FOLDER}) {
        if (entry.path().extension() == ".yaml") tables.push_back(entry.path());
    }
    std::ranges::sort(tables);
    std::vector<Mistake> mistakes;
    for (const std::filesystem::path& table : tables) {
        for (const YAML::Node& row : YAML::LoadFile(table.string())) {
            mistakes.push_back(read_row(row, table.stem().string()));
        }
    }
    return mistakes;
}

}  // namespace countersign::tests
