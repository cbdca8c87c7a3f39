#include "tests/proxy/json_reader.hpp"

#include <boost/json.hpp>
#include <stdexcept>

namespace countersign::proxy {

std::map<std::string, std::string> read_json_object(std::string_view text) {
    boost::json::error_code error;
    const boost::json::value value = boost::json::parse({text.data(), text.size()}, error);
    if (error || !value.is_object()) {
        throw std::runtime_error{"not a JSON object: " + std::string{text}};
    }
    std::map<std::string, std::string> members;
    for (const auto& [name, member] : value.get_object()) {
        members[std::string{name}] =
            member.is_string() ? std::string{member.get_string()} : boost::json::serialize(member);
    }
    return members;
}

}  // namespace countersign::proxy
