#include "proxy/generation/load.hpp"

#include <utility>

#include "certs/content_state.hpp"
#include "profiles/yaml_reader.hpp"

namespace countersign::proxy::generation {

boost::system::result<std::shared_ptr<const Generation>, LoadProblems> load(
    const std::filesystem::path& configuration, const Generation* before
) {
    std::string state = certs::content_state_of({configuration});
    auto read = profiles::read_configuration(configuration);
    if (!read) {
        LoadProblems problems;
        for (const profiles::Problem& problem : read.error()) {
            problems.lines.push_back(problem.to_text());
        }
        if (!read.error().unopened_stores) return problems;
        problems.hint = "key stores and trust stores are opened when the configuration is right";
        return problems;
    }
    auto generation = Generation::load(std::move(*read), before, std::move(state));
    if (!generation) return LoadProblems{std::move(generation).error(), {}};
    return std::move(*generation);
}

}  // namespace countersign::proxy::generation
