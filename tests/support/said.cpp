#include "tests/support/said.hpp"

#include <regex>
#include <utility>

namespace countersign::tests {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

std::string without_chance(std::string text) {
    const std::pair<std::regex, const char*> kChances[] = {
        {std::regex{R"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(Z| UTC))"}, "{time}"},
        {std::regex{R"(\d{4}-\d\d-\d\d)"}, "{date}"},
        {std::regex{R"(\b[0-9a-f]{64}\b)"}, "{sha256}"},
        {std::regex{R"(OpenSSL \d+\.\d+\.\d+)"}, "OpenSSL {openssl}"},
        {std::regex{R"(sha256/[0-9A-Za-z+/]{43}=)"}, "{pin}"},
        // The last line of an answer, no two of which have the same.
        {std::regex{R"(\nrequest: [-0-9a-f]{36}\b|,\n  "request_id": "[-0-9a-f]{36}")"}, ""},
        // Who runs the test decides.
        {std::regex{R"(chown USER \S+ && chmod 600 \S+, with the USER that the proxy runs as)"},
         "{chmod}"},
        {std::regex{R"(chmod 600 \S+)"}, "{chmod}"},
        // The machine's own matter.
        {std::regex{R"(note: limits\.client_connections: .*\n)"}, ""},
        // So is who has the default addresses: another test, or the engineer's own proxy.
        {std::regex{R"(note: listener '\w+': 127\.0\.0\.1:(3128|9901) is in use now; .*\n)"}, ""},
    };
    for (const auto& [chance, name] : kChances) text = std::regex_replace(text, chance, name);
    return text;
}

}  // namespace countersign::tests
