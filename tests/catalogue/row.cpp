#include "tests/catalogue/row.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace countersign::tests {

namespace {

constexpr const char* kKeys[] = {"server",  "peer",      "with",  "certificate", "host",
                                 "path",    "key_store", "trust", "profile",     "requests",
                                 "verdict", "status",    "error", "side",        "reason",
                                 "remedy",  "answer",    "logged"};
constexpr const char* kVerdicts[] = {"reached", "answered", "refused", "failed", "cut"};

std::string test_name(const std::string& words) {
    std::string name;
    for (const char c : words) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            name += c;
        } else if (!name.empty() && name.back() != '_' && c != '\'') {
            name += '_';
        }
    }
    return name;
}

std::string text_of(const YAML::Node& row, const char* key, const char* otherwise = "") {
    return row[key] ? row[key].as<std::string>() : otherwise;
}

bool is_one_of(const std::string& text, const auto& known) {
    return std::ranges::any_of(known, [&](const char* one) { return text == one; });
}

Row read_row(const YAML::Node& node, const std::string& table) {
    Row row;
    row.table = table;
    row.server = text_of(node, "server");
    row.name = test_name(row.server);
    const std::string where = table + ": " + row.server + ": ";
    for (const auto& each : node) {
        const auto key = each.first.as<std::string>();
        if (!is_one_of(key, kKeys)) throw std::runtime_error{where + "no key is " + key};
    }
    row.peer = text_of(node, "peer");
    row.with = text_of(node, "with");
    row.certificate = text_of(node, "certificate", "good");
    row.host = text_of(node, "host", "127.0.0.1");
    row.path = text_of(node, "path", "/");
    row.key_store = text_of(node, "key_store", "alice");
    row.trust = text_of(node, "trust", "root");
    row.profile = text_of(node, "profile");
    row.requests = node["requests"] ? node["requests"].as<int>() : 1;
    row.verdict = text_of(node, "verdict");
    row.status = node["status"].as<int>();
    row.error = text_of(node, "error");
    row.side = text_of(node, "side");
    row.reason = text_of(node, "reason");
    row.remedy = text_of(node, "remedy");
    row.answer = text_of(node, "answer");
    row.logged = text_of(node, "logged");
    if (row.server.empty() || row.peer.empty() || !is_one_of(row.verdict, kVerdicts)) {
        throw std::runtime_error{where + "it has no server, peer or verdict"};
    }
    const bool ours = row.verdict == "refused" || row.verdict == "failed";
    if (ours && (row.reason.empty() || row.remedy.empty() || row.side.empty())) {
        throw std::runtime_error{where + "it has no side, reason or remedy"};
    }
    return row;
}

}  // namespace

std::filesystem::path catalogue_folder() { return CATALOGUE_FOLDER; }

std::vector<Row> read_catalogue() {
    std::vector<std::filesystem::path> tables;
    for (const auto& entry : std::filesystem::directory_iterator{catalogue_folder()}) {
        if (entry.path().extension() == ".yaml") tables.push_back(entry.path());
    }
    std::ranges::sort(tables);
    std::vector<Row> rows;
    for (const std::filesystem::path& table : tables) {
        const std::string stem = table.stem().string();
        const std::string name = stem.substr(stem.find('-') + 1);
        for (const YAML::Node& node : YAML::LoadFile(table.string())) {
            rows.push_back(read_row(node, name));
        }
    }
    return rows;
}

}  // namespace countersign::tests
