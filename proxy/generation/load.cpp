#include "proxy/generation/load.hpp"

#include <utility>

#include "certs/content_state.hpp"
#include "profiles/yaml_reader.hpp"
#include "proxy/generation/configuration_files.hpp"

namespace countersign::proxy::generation {
namespace {

using Loaded = boost::system::result<std::shared_ptr<const Generation>, LoadProblems>;

LoadProblems problems_of(const profiles::Problems& found) {
    LoadProblems problems;
    for (const profiles::Problem& problem : found) problems.lines.push_back(problem.to_text());
    if (found.unopened_stores) {
        problems.hint = "key stores and trust stores are opened when the configuration is right";
    }
    return problems;
}

}  // namespace

Loaded load(
    const std::filesystem::path& configuration, const Generation* before, const Vet& vet,
    const Prelude& prelude
) {
    certs::ContentStates states;
    const profiles::Configuration* const former =
        before == nullptr ? nullptr : &before->configuration();
    auto files = configuration_files(configuration, former);
    std::string state = states.of(files);
    // The same text reads the same: a YAML of a thousand profiles costs more than to look at their
    // key stores, which are taken over.
    LoadProblems problems;
    const bool same =
        before != nullptr && state == before->file_state() && states.are_digests(files);
    if (same) {
        auto generation = Generation::load(before->configuration(), before, state, vet);
        if (generation) return std::move(*generation);
        problems.lines = std::move(generation).error();
    }
    // A file that is gone has its line in the text, which only who reads it knows.
    auto read = profiles::read_configuration(configuration);
    if (!read) return problems_of(read.error());
    if (same) return problems;
    if (auto named = configuration_files(configuration, &*read); named != files) {
        // What its files are is known only now, and what stood in them when it was read is not.
        files = std::move(named);
        state = certs::content_state_of(files);
        read = profiles::read_configuration(configuration);
        if (!read) return problems_of(read.error());
    }
    if (prelude) {
        if (auto objections = prelude(*read); !objections.empty())
            return LoadProblems{std::move(objections), {}};
    }
    // Read while it changed: another look finds no such state, and has it read again.
    if (certs::content_state_of(configuration_files(configuration, &*read)) != state) state.clear();
    auto generation = Generation::load(std::move(*read), before, std::move(state), vet);
    if (!generation) return LoadProblems{std::move(generation).error(), {}};
    return std::move(*generation);
}

}  // namespace countersign::proxy::generation
