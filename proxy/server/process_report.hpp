#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "proxy/admin/admin_server.hpp"
#include "proxy/admin/process_state.hpp"

namespace countersign::proxy::server {

/// Tells the admin server how the process is, each time that changes. On the main thread.
class ProcessReport {
public:
    ProcessReport(
        admin::AdminServer& admin, std::string configuration,
        std::shared_ptr<const generation::Generation> generation
    );

    /// All workers have the generation, and listen there.
    void serving(std::vector<admin::ProcessState::Listening> listening);
    /// `whole`: the configuration was read, and not its key material alone.
    void adopted(
        std::shared_ptr<const generation::Generation> next, bool whole,
        std::chrono::milliseconds took
    );
    /// A reload came to nothing.
    void refused(std::vector<std::string> problems, bool whole, std::chrono::milliseconds took);
    /// What was refused is not there any more.
    void put_back(bool whole);
    /// So many former generations are still in use.
    void pinned(std::size_t former);
    void draining();

private:
    void forget_problems(bool whole);
    void publish() { admin_.publish(state_); }

    admin::AdminServer& admin_;
    admin::ProcessState state_;
};

}  // namespace countersign::proxy::server
