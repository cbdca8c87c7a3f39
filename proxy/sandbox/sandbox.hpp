#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "profiles/configuration.hpp"
#include "proxy/sandbox/writable_places.hpp"

namespace countersign::proxy::sandbox {

/// What a process has given up for good, because it never needs it: that others of its user read
/// its memory, and that it leaves a core dump; new privileges; to execute programs; to write files
/// other than those that its configuration named when it started; system calls. A value: it says
/// what is so, and any thread may ask it.
class Sandbox {
public:
    /// Nothing is given up.
    Sandbox() = default;
    /// Gives up what the kernel lets it, in this thread and those that it makes: to be called
    /// before there are others, with the user that the process stays. Nothing in a build with
    /// sanitizers.
    static Sandbox enter(const profiles::Configuration& configuration);

    /// What is in force, and what is not and why, in a line for the log.
    const std::string& report() const { return report_; }
    /// What `next` would write and this process cannot, a sentence each. Of a folder that is not
    /// there nothing is said: nobody could write in it.
    std::vector<std::string> objections(const profiles::Configuration& next) const;

private:
    struct Granted {
        dev_t device = 0;
        ino_t inode = 0;
        WritablePlace::Kind kind = WritablePlace::Kind::file;
        std::filesystem::path path;  ///< its name then
    };

    void grant(const std::vector<WritablePlace>& places);
    bool covers(const WritablePlace& place) const;

    bool limits_files_ = false;
    std::vector<Granted> granted_;
    std::string written_in_;  ///< "/var/log/countersign and /run/countersign"; empty: nowhere
    std::string report_;
};

}  // namespace countersign::proxy::sandbox
