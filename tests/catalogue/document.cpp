#include "tests/catalogue/document.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "tests/support/said.hpp"

namespace countersign::tests {

namespace {

constexpr const char* kHead = R"(# Broken and odd servers, and what is said of them

Printed by `tests/catalogue` from its tables, in which each row is a test: the real program meets
that server, and answers as it stands here. Change it there.

Verdict: *reached*: the client has the server's answer. *answered*: the server refuses in HTTP, and
its answer is passed on. *refused*: this side does not accept the server, or the server this side.
*failed*: neither; something broke. *cut*: the answer began and breaks off, and the client sees
that. The side is the one that can do something about it: the server's (upstream) or this one's
(proxy). In the sentences `{authority}` is the destination's host and port, `{address}` the address that was
dialled.
)";

/// Of a table, by its name.
const std::map<std::string, std::string> kTitles{
    {"certificates", "The server's certificate"},
    {"identity", "The client's certificate"},
    {"offer", "Versions, cipher suites, groups and signatures"},
    {"breaks", "What breaks, or is no TLS"},
    {"after", "After the handshake"},
    {"reached", "Odd, and reached"},
};

std::string cell(const std::string& text) {
    return replaced(replaced(text, "\n", "<br>"), "|", "\\|");
}

std::string verdict_cell(const Row& row) {
    std::string text = row.verdict + "<br>" + std::to_string(row.status);
    if (!row.error.empty()) text += " " + row.error;
    if (!row.side.empty()) text += "<br>side: " + row.side;
    return text;
}

std::string told_cell(const Row& row) {
    std::string text = row.reason;
    if (!row.remedy.empty()) text += "<br>→ " + row.remedy;
    for (const auto& [name, value] : {std::pair{"answer", row.answer}, {"log", row.logged}}) {
        if (value.empty()) continue;
        if (!text.empty()) text += "<br>";
        (text += name) += ": `" + value + "`";
    }
    return text;
}

std::string server_cell(const Row& row) {
    std::string text = row.server;
    if (!row.profile.empty())
        text += "<br>profile: `" + replaced(row.profile, "\n", "`<br>`") + "`";
    return text;
}

}  // namespace

std::filesystem::path catalogue_document_path() {
    return catalogue_folder().parent_path().parent_path() / "proxy/tls/SERVERS.md";
}

std::string catalogue_document(const std::vector<Row>& rows) {
    std::string text = kHead;
    std::string table;
    for (const Row& row : rows) {
        if (row.table != table) {
            table = row.table;
            text += "\n## " + kTitles.at(table) +
                    "\n\n| the server | seen with | verdict | what is said, and → what to do |\n"
                    "| --- | --- | --- | --- |\n";
        }
        text += "| " + cell(server_cell(row)) + " | " + row.peer + " | " + verdict_cell(row) +
                " | " + cell(told_cell(row)) + " |\n";
    }
    return text;
}

}  // namespace countersign::tests
