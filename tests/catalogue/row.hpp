#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

namespace countersign::tests {

/// A broken or odd server, and what becomes of a request to it. A row of the tables beside this
/// file; README.md has the keys.
struct Row {
    std::string table;  ///< the file's name without its number: "certificates"
    std::string name;   ///< of the test: `server` in words, joined by '_'
    std::string server;
    std::string peer;
    std::string with;
    std::string certificate;
    std::string host;
    std::string path;
    std::string key_store;
    std::string trust;
    std::string profile;
    int requests = 1;

    std::string verdict;
    int status = 0;
    std::string error;
    std::string side;
    std::string reason;
    std::string remedy;
    std::string answer;
    std::string logged;

    friend void PrintTo(const Row& row, std::ostream* out) { *out << row.server; }
};

/// All tables, in the order of their files. Throws where one cannot be read, or a row lacks
/// something, or says something that nobody knows.
std::vector<Row> read_catalogue();

/// Where the tables are.
std::filesystem::path catalogue_folder();

}  // namespace countersign::tests
