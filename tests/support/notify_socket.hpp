#pragma once

#include <string>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {

/// The service manager's end of systemd's notification protocol.
class NotifySocket {
public:
    NotifySocket();

    /// For $NOTIFY_SOCKET.
    std::string path() const;
    /// What it is told next. Throws where nothing comes within `limit`.
    std::string next(std::chrono::milliseconds limit = kPatience) const;

private:
    TempDir directory_;
    FileDescriptor socket_;
};

}  // namespace countersign::tests
