#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/support/ca.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {

/// What every mistake finds in its directory: what a partner and an authority have sent, whole and
/// right. README.md lists the files. And the servers that a request may meet.
class Material {
public:
    Material();

    const TempDir& files() const { return files_; }
    /// By its name in the tables; throws where there is none of that name.
    std::unique_ptr<ScriptedServer> server(const std::string& name) const;

private:
    ScriptedServer::Options options_of(const std::string& name) const;

    TempDir files_;
    Ca root_;
    Ca issuer_;
};

}  // namespace countersign::tests
