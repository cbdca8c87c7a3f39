#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "profiles/configuration.hpp"
#include "proxy/generation/generation.hpp"

namespace countersign::proxy::admin {

/// What came of the last load that was asked for, or that a change of files led to.
struct LastReload {
    bool successful = true;
    std::chrono::system_clock::time_point at;      ///< when it ended
    std::chrono::system_clock::time_point loaded;  ///< when the last successful one did
    std::chrono::milliseconds took{0};
    std::vector<std::string> problems;  ///< in the words of `check`; empty where it was successful
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
