#include "proxy/commands/load.hpp"

#include <utility>

#include "profiles/yaml_reader.hpp"

namespace countersign::proxy {

boost::system::result<std::shared_ptr<const Generation>, std::vector<std::string>> load(
    const std::filesystem::path& configuration
) {
    auto read = profiles::read_configuration(configuration);
    if (!read) {
        std::vector<std::string> lines;
        for (const profiles::Problem& problem : read.error()) lines.push_back(problem.to_text());
        return lines;
    }
    return Generation::load(std::move(*read));
}

}  // namespace countersign::proxy
