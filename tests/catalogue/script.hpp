#pragma once

#include <string>

#include "tests/support/scripted_server.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {

/// What no real server does as often as it is needed.
struct Script {
    const char* name;  ///< in words, as the tables have it
    void (*change)(ScriptedServer::Options& options, const TempDir& files);  ///< may be null
    ScriptedServer::Behaviour behaviour;
};

/// Throws where there is none of that name.
const Script& script_named(const std::string& name);

}  // namespace countersign::tests
