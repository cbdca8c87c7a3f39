#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "profiles/configuration.hpp"

namespace countersign::proxy::sandbox {

/// Something that the process writes under a name of the configuration's.
struct WritablePlace {
    enum class Kind {
        file,    ///< is opened for writing, and made where it is not there
        socket,  ///< is made, and removed
        folder   ///< files are made in it, replaced and removed
    };
    Kind kind;
    std::string subject;         ///< "log.access", "listener 'apps'"
    std::filesystem::path path;  ///< as it was written
    /// What has to be open for it: its folder, links followed, so that it can be made anew; a pipe
    /// or a device by itself. Absolute; empty where there is no working directory.
    std::filesystem::path granted;
};

/// All that there are: the access log, the unix sockets of listeners and of `admin`, the folder of
/// `console.directory`, and the files of `danger_key_log`.
std::vector<WritablePlace> writable_places(const profiles::Configuration& configuration);

}  // namespace countersign::proxy::sandbox
