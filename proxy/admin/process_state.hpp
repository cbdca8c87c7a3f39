#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "profiles/configuration.hpp"
#include "proxy/generation/generation.hpp"

namespace countersign::proxy::admin {

/// What came of the loads that were asked for, or that a change of files led to.
struct LastReload {
    std::chrono::system_clock::time_point at;      ///< when the last one ended
    std::chrono::system_clock::time_point loaded;  ///< when the last one did that is served
    std::chrono::milliseconds took{0};
    /// What stands in the way, in the words of `check`, until it is cured: of the configuration as
    /// a whole, and of key material that has changed by itself.
    std::vector<std::string> problems;
    std::vector<std::string> key_material_problems;

    bool successful() const { return problems.empty() && key_material_problems.empty(); }
};

/// What the main thread knows of the process. Given as a whole, each time something of it changes.
struct ProcessState {
    std::shared_ptr<const generation::Generation> generation;
    std::uint64_t number = 1;  ///< of that generation: 1 is what the start loaded
    std::size_t pinned = 0;    ///< former generations that exchanges or tunnels still end with
    std::string configuration;
    std::chrono::system_clock::time_point started;
    bool serving = false;  ///< every worker has the generation, and listens
    bool draining = false;

    struct Listening {
        std::string name;
        std::string address;  ///< with the port that it really has
    };
    std::vector<Listening> listening;
    LastReload last_reload;
    std::uint64_t adopted = 0;  ///< reloads
    std::uint64_t refused = 0;
};

}  // namespace countersign::proxy::admin
